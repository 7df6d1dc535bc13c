import { decimalOf, numberOf } from '../../fhir/index.ts';
import type { Conversion } from '../environment.ts';
import { cellText } from '../reading/index.ts';
import { unitOf } from './units.ts';

const number = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)`;
const between = new RegExp(`^(${number})\\s*(?:-|–|—|to|\\.\\.)\\s*(${number})$`, 'i');
const bounded = new RegExp(`^(<=|>=|=<|=>|≤|≥|<|>|up to|less than)\\s*(${number})$`, 'i');
/** A range is as long as a line; what is longer is prose. */
const charactersMax = 80;

type Bounds = { readonly low?: number; readonly high?: number };

/** `3.5-5.0`, `70 - 99`, `<5`, `>= 10`, with or without the unit; undefined for anything else. */
function boundsOf(written: string, unit: string): Bounds | undefined {
  if (written.length > charactersMax) return undefined;
  let text = written;
  if (unit !== '' && text.endsWith(unit)) text = text.slice(0, -unit.length).trim();
  if (/^[[(].*[\])]$/.test(text)) text = text.slice(1, -1).trim();
  const two = between.exec(text);
  if (two) {
    const [low, high] = [decimalOf(two[1]!), decimalOf(two[2]!)];
    if (low === undefined || high === undefined) return undefined;
    return numberOf(low) <= numberOf(high) ? { low, high } : undefined;
  }
  const one = bounded.exec(text);
  const value = one ? decimalOf(one[2]!) : undefined;
  if (one === null || value === undefined) return undefined;
  return /^(?:>|=>|≥)/.test(one[1]!) ? { low: value } : { high: value };
}

const known = new Map<string, Bounds | undefined>();
const knownMax = 10_000;

function rememberedBounds(text: string, unit: string): Bounds | undefined {
  const key = `${text}|${unit}`;
  if (known.has(key)) return known.get(key);
  if (known.size >= knownMax) known.clear();
  const bounds = boundsOf(text, unit);
  known.set(key, bounds);
  return bounds;
}

export const referenceRangeConversion: Conversion = {
  name: 'ReferenceRange',
  summary: 'OBX-7 to a reference range: its text, and its bounds as quantities where it has any.',
  remembers: { for: 'ever', beside: [6] },
  gives: ['Backbone'],
  reads: [6],
  convert(cell, environment, settings) {
    const text = cellText(cell);
    if (text === '') return undefined;
    const unit = unitOf(settings.sibling(6), environment);
    const bounds = rememberedBounds(text, unit.unit ?? '');
    if (bounds === undefined) return { text };
    const range: fhir4.ObservationReferenceRange = {};
    if (bounds.low !== undefined) range.low = { value: bounds.low, ...unit };
    if (bounds.high !== undefined) range.high = { value: bounds.high, ...unit };
    range.text = text;
    return range;
  },
};
