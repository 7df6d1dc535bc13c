import { compare, type Decimal, textOf } from './decimal.ts';
import { failed } from './faults.ts';
import { systemTypes } from './model.ts';
import { makeNode, type PathNode } from './node.ts';
import type { Quantity } from './quantity.ts';
import { calendarUnits } from './quantity.ts';
import { instantOf, inZone, partsOf, type Temporal, textOfTemporal } from './temporal.ts';

/** Parts of a date that each unit changes, and how many of the part one unit is. */
const steps: Readonly<Record<string, { readonly part: number; readonly times: number }>> = {
  year: { part: 0, times: 1 },
  month: { part: 1, times: 1 },
  week: { part: 2, times: 7 },
  day: { part: 2, times: 1 },
  hour: { part: 3, times: 1 },
  minute: { part: 4, times: 1 },
  second: { part: 5, times: 1000 },
  millisecond: { part: 5, times: 1 },
};

const partMs: readonly number[] = [0, 0, 86_400_000, 3_600_000, 60_000, 1];

/** Units of UCUM that a calendar has too; its mean year and month (`a`, `mo`) it has not. */
const words = new Map(
  Object.entries(calendarUnits)
    .filter(([word]) => word !== 'year' && word !== 'month')
    .map(([word, code]) => [code, word]),
);

function stepOf({ unit, calendar }: Quantity): { readonly part: number; readonly times: number } {
  const word = calendar ? unit : (words.get(unit) ?? wordOf(unit));
  const step = word === undefined ? undefined : steps[word];
  if (step === undefined) throw failed(`A date cannot be moved by the unit '${unit}'.`);
  return step;
}

const wordOf = (unit: string): string | undefined => {
  const one = unit.endsWith('s') ? unit.slice(0, -1) : unit;
  return one in steps ? one : undefined;
};

/** A date or time moved by a duration (N1, section 6.6.7); known as far as before. */
export function shiftTemporal(
  node: PathNode,
  at: Temporal,
  duration: Quantity,
  operator: '+' | '-',
): PathNode | undefined {
  const { part, times } = stepOf(duration);
  const count = whole(duration.value) * (operator === '-' ? -1 : 1);
  const moved = moveBy(at, part, count, duration.value, times);
  if (moved === undefined) return undefined;
  const year = moved.from === 0 ? moved.parts[0]! : 1;
  if (year < 1 || year > 9999) return undefined;
  const type = systemTypes[node.type.system ?? 'DateTime'];
  return makeNode(type, textOfTemporal(moved, /\.\d/.test(String(node.value))));
}

/** Only seconds have parts of their own: of other units the fraction is left out. */
const whole = (value: Decimal): number => Math.trunc(Number(textOf(value)));

function moveBy(
  at: Temporal,
  part: number,
  count: number,
  value: Decimal,
  times: number,
): Temporal | undefined {
  if (part < 2) return at.from === 3 ? undefined : moveMonths(at, part === 0 ? count * 12 : count);
  const sign = count < 0 || compare(value, { digits: 0n, scale: 0 }) < 0 ? -1 : 1;
  const exact = part === 5 ? Math.trunc(Math.abs(Number(textOf(value))) * times + 1e-9) * sign : 0;
  const ms = part === 5 ? exact : count * times * partMs[part]!;
  return moveMs(at, ms, part);
}

function moveMonths(at: Temporal, count: number): Temporal {
  const [year = 1, month = 1, day, ...rest] = at.parts;
  if (at.parts.length === 1) return { ...at, parts: [year + Math.trunc(count / 12)] };
  const index = year * 12 + month - 1 + count;
  const [newYear, newMonth] = [Math.floor(index / 12), (index % 12) + 1];
  if (day === undefined) return { ...at, parts: [newYear, newMonth] };
  const last = new Date(Date.UTC(newYear, newMonth, 0)).getUTCDate();
  return { ...at, parts: [newYear, newMonth, Math.min(day, last), ...rest] };
}

/** What is known to the month only moves by whole months: 30 days count as one. */
function moveMs(at: Temporal, ms: number, part: number): Temporal | undefined {
  const known = at.parts.length - 1 + at.from;
  if (at.from === 3 && part < 3) return undefined;
  if (at.from === 0 && known < 2) {
    const months = Math.trunc(ms / 86_400_000 / (known === 0 ? 365 : 30));
    return moveMonths(at, known === 0 ? months * 12 : months);
  }
  // Of what is finer than the value is known, only the whole units count.
  const unit = partMs[known] ?? 1;
  const moved = instantOf({ ...at, offset: 0 }) + Math.trunc(ms / unit) * unit;
  if (at.from === 0) {
    const shown = inZone({ parts: partsOf(new Date(moved)), from: 0, offset: 0 }, 0);
    return { ...shown, parts: shown.parts.slice(0, at.parts.length), offset: at.offset };
  }
  const parts = partsOf(new Date(moved)).slice(3, 3 + at.parts.length);
  return { parts, from: 3, offset: undefined };
}
