import type { Conversion } from '../environment.ts';
import { type Cell, component, subcomponent } from '../reading/index.ts';
import { periodOf } from './times.ts';

export const addressConversion: Conversion = {
  name: 'Address',
  summary: 'XAD to Address; XAD.7 by the tables `address-use` and `address-type`.',
  gives: ['Address'],
  settings: ['use', 'of'],
  words: { use: ['home', 'work', 'temp', 'old', 'billing'], of: ['organization'] },
  convert(cell, environment, settings) {
    const kind = component(cell, 7);
    const said =
      (kind && environment.table('address-use')?.lookup(kind)?.code) || settings.with.use;
    // An organization has no home (org-2).
    const use = said === 'home' && settings.with.of === 'organization' ? undefined : said;
    const type = kind && environment.table('address-type')?.lookup(kind)?.code;
    const address: Record<string, unknown> = {};
    if (use) address.use = use;
    if (type) address.type = type;
    if (!addPlace(address, cell)) return undefined;
    const period = periodOf(cell, 13, environment);
    if (period) address.period = period;
    return address;
  },
};

/** Adds the place itself; false when nothing of it is there. */
function addPlace(address: Record<string, unknown>, cell: Cell): boolean {
  const street = streetOf(cell);
  const second = component(cell, 2);
  const third = component(cell, 19);
  const [city, district, state] = [component(cell, 3), countyOf(cell), component(cell, 4)];
  const [postalCode, country] = [component(cell, 5), component(cell, 6)];
  const lines = street + second + third;
  if (lines !== '')
    address.line =
      lines === street ? [street] : [street, second, third].filter((text) => text !== '');
  if (city !== '') address.city = city;
  if (district !== '') address.district = district;
  if (state !== '') address.state = state;
  if (postalCode !== '') address.postalCode = postalCode;
  if (country !== '') address.country = country;
  return lines + city + district + state + postalCode + country !== '';
}

/** SAD (v2.5.1 section 2.A.61): the whole line, or the street`s name and number beside it. */
function streetOf(cell: Cell): string {
  const line = subcomponent(cell, 1, 1);
  const name = subcomponent(cell, 1, 2);
  const number = subcomponent(cell, 1, 3);
  if (name === '') return line === '' ? number : line;
  if (line === '') return number === '' ? name : `${number} ${name}`;
  if (line.toLowerCase().includes(name.toLowerCase())) return line;
  return number === '' || line.includes(number) ? `${line} ${name}` : `${line} ${name} ${number}`;
}

/** County as a code, or since 2.8 a code and its text. */
function countyOf(cell: Cell): string {
  return subcomponent(cell, 9, 2) || subcomponent(cell, 9, 1);
}

const electronic = new Set(['Internet', 'X.400', 'INTERNET', 'internet']);

/** XTN (v2.5.1 section 2.A.89): the address of something electronic. */
const electronicValue = (cell: Cell): string =>
  electronic.has(component(cell, 3)) ? component(cell, 4) || component(cell, 1) : '';

/** The number from its parts, from XTN.12, or as XTN.1 has it. */
function numberValue(cell: Cell): string {
  const local = component(cell, 7);
  if (local !== '') {
    const country = component(cell, 5);
    const extension = component(cell, 8);
    const area = component(cell, 6);
    let text = country === '' ? '' : country.startsWith('+') ? `${country} ` : `+${country} `;
    if (area !== '') text += `${area} `;
    text += local;
    return extension === '' ? text : `${text} X${extension}`;
  }
  return component(cell, 12) || component(cell, 1) || component(cell, 4);
}

export const telecomConversion: Conversion = {
  name: 'ContactPoint',
  summary: 'XTN to ContactPoint; XTN.2 and XTN.3 by `telecom-use` and `telecom-system`.',
  gives: ['ContactPoint'],
  settings: ['use', 'system'],
  words: {
    use: ['home', 'work', 'temp', 'old', 'mobile'],
    system: ['phone', 'fax', 'email', 'pager', 'url', 'sms', 'other'],
  },
  convert(cell, environment, settings) {
    const address = electronicValue(cell);
    const value = address || numberValue(cell);
    if (value === '') return undefined;
    // Senders name the internet and write a number.
    const isNumber = address === '' && electronic.has(component(cell, 3));
    const equipment = isNumber ? '' : component(cell, 3);
    const useCode = component(cell, 2);
    const isMail = value === component(cell, 4) || (equipment === '' && value.includes('@'));
    const system =
      (equipment && environment.table('telecom-system')?.lookup(equipment)?.code) ||
      (isMail ? 'email' : (settings.with.system ?? 'phone'));
    const use =
      equipment === 'CP'
        ? 'mobile'
        : (useCode && environment.table('telecom-use')?.lookup(useCode)?.code) || settings.with.use;
    const point: Record<string, unknown> = { system, value };
    if (use) point.use = use;
    // XTN.18 is the order of preference, from 1.
    const rank = component(cell, 18);
    if (/^[1-9]\d{0,3}$/.test(rank)) point.rank = Number(rank);
    const period = periodOf(cell, 13, environment);
    if (period) point.period = period;
    return point;
  },
};
