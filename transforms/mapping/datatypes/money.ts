import { decimalOf } from '../../fhir/index.ts';
import type { Conversion, Environment } from '../environment.ts';
import { type Cell, component, subcomponent } from '../reading/index.ts';
import { toNumber } from './quantities.ts';

/** A product of two decimals as people calculate it: no binary fraction shows. */
function times(left: string, right: string): number {
  const digits = (text: string) => text.split('.')[1]?.length ?? 0;
  const places = digits(left) + digits(right);
  return Number((Number(left) * Number(right)).toFixed(Math.min(places, 20)));
}

function currencyOf(cell: Cell, environment: Environment): string | undefined {
  const code = subcomponent(cell, 1, 2);
  if (code === '' || /^[A-Z]{3}$/.test(code)) return code || undefined;
  environment.issue('currency-invalid', 'names no currency of ISO 4217', cell);
  return undefined;
}

export const moneyConversion: Conversion = {
  name: 'Money',
  summary: 'CP or MO to Money; `times`: number of the field with the quantity that it is for.',
  gives: ['Money'],
  reads: [10],
  settings: ['times'],
  convert(cell, environment, settings) {
    const amount = subcomponent(cell, 1, 1);
    if (amount === '') return undefined;
    const value = decimalOf(amount);
    if (value === undefined) {
      environment.issue('number-invalid', 'is no amount of money', cell);
      return undefined;
    }
    const currency = currencyOf(cell, environment);
    const many = settings.with.times === undefined ? undefined : settings.sibling(10);
    const quantity = many === undefined ? '' : component(many, 1);
    const total = toNumber(quantity) === undefined ? value : times(amount, quantity);
    return currency === undefined ? { value: total } : { value: total, currency };
  },
};
