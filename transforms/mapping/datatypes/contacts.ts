import { type Cell, component, subcomponent } from '../cell.ts';
import { toDateTime } from '../datetime.ts';
import type { Conversion, Environment } from '../environment.ts';
import { drop } from './shape.ts';

export const addressConversion: Conversion = {
  name: 'Address',
  summary: 'XAD to Address; XAD.7 by the tables `address-use` and `address-type`.',
  gives: ['Address'],
  settings: ['use'],
  convert(cell, environment, settings) {
    const line = [subcomponent(cell, 1, 1), component(cell, 2), component(cell, 19)];
    const kind = component(cell, 7);
    const use = kind && environment.table('address-use')?.lookup(kind)?.code;
    const type = kind && environment.table('address-type')?.lookup(kind)?.code;
    const address = drop({
      line: line.filter((text) => text !== ''),
      city: component(cell, 3),
      district: component(cell, 9),
      state: component(cell, 4),
      postalCode: component(cell, 5),
      country: component(cell, 6),
    });
    if (Object.keys(address).length === 0) return undefined;
    const period = drop({
      start: time(cell, 13, environment),
      end: time(cell, 14, environment),
    });
    return drop({
      use: use || settings.with.use,
      type,
      ...address,
      period: Object.keys(period).length > 0 ? period : undefined,
    });
  },
};

function time(cell: Cell, number: number, environment: Environment): string | undefined {
  const text = component(cell, number);
  return text === '' ? undefined : toDateTime(text, environment.time).value;
}

const electronic = new Set(['Internet', 'X.400', 'INTERNET', 'internet']);

/** XTN (v2.5.1 section 2.A.89): the number from its parts, from XTN.12, or as XTN.1 has it. */
function telecomValue(cell: Cell): string {
  if (electronic.has(component(cell, 3))) return component(cell, 4) || component(cell, 1);
  const local = component(cell, 7);
  if (local !== '') {
    const country = component(cell, 5);
    const extension = component(cell, 8);
    const words = [country && `+${country.replace(/^\+/, '')}`, component(cell, 6), local];
    if (extension !== '') words.push(`X${extension}`);
    return words.filter((word) => word !== '').join(' ');
  }
  return component(cell, 12) || component(cell, 1) || component(cell, 4);
}

export const telecomConversion: Conversion = {
  name: 'ContactPoint',
  summary: 'XTN to ContactPoint; XTN.2 and XTN.3 by `telecom-use` and `telecom-system`.',
  gives: ['ContactPoint'],
  settings: ['use', 'system'],
  convert(cell, environment, settings) {
    const value = telecomValue(cell);
    if (value === '') return undefined;
    const equipment = component(cell, 3);
    const useCode = component(cell, 2);
    const isMail = value === component(cell, 4) || (equipment === '' && value.includes('@'));
    const system =
      (equipment && environment.table('telecom-system')?.lookup(equipment)?.code) ||
      (isMail ? 'email' : (settings.with.system ?? 'phone'));
    const use =
      equipment === 'CP'
        ? 'mobile'
        : (useCode && environment.table('telecom-use')?.lookup(useCode)?.code) || settings.with.use;
    return drop({ system, value, use });
  },
};
