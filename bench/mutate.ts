/** A source of numbers from 0 up to 1. */
export type Random = () => number;

type Json = Record<string, unknown>;

/** Values that no element expects, and some that one might. */
const values: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    '',
    ' ',
    'x',
    '#',
    '#x',
    'urn:uuid:0',
    'Patient/1',
    '2026-02-30',
  ],
  ...[[], {}, [null], [[]], { id: 'a' }, { extension: [] }, { resourceType: 'Patient' }],
  ...['\u0000', '\ud800', '<div>', 'a'.repeat(5_000), { reference: 7 }, [{ url: 7 }]],
];
const names = [
  ...[
    'id',
    'extension',
    'modifierExtension',
    'contained',
    'meta',
    'resourceType',
    'value',
    '_value',
  ],
  ...[
    'valueQuantity',
    'coding',
    'reference',
    'url',
    '__proto__',
    'constructor',
    'toString',
    'entry',
  ],
];

const pick = <T>(all: readonly T[], random: Random): T => all[Math.floor(random() * all.length)]!;

/** One of its own each time, so that no value stands in itself. */
const anyValue = (of: readonly unknown[], random: Random): unknown =>
  structuredClone(pick(of, random));

/** A copy with one to three faults: a member taken away, put in, doubled, moved or overwritten. */
export function mutate(resource: unknown, random: Random): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(resource));
  for (let faults = 1 + Math.floor(random() * 3); faults > 0; faults -= 1) fault(copy, random);
  return copy;
}

function fault(root: unknown, random: Random): void {
  const holders: (Json | unknown[])[] = [];
  collect(root, holders);
  const holder = pick(holders, random);
  if (holder === undefined) return;
  if (Array.isArray(holder)) {
    const at = Math.floor(random() * holder.length);
    const kind = random();
    if (kind < 0.3) holder.splice(at, 1);
    else if (kind < 0.6) holder.push(anyValue([...holder, ...values], random));
    else holder[at] = anyValue(values, random);
    return;
  }
  const keys = Object.keys(holder);
  const key = keys.length === 0 || random() < 0.2 ? pick(names, random) : pick(keys, random);
  const own = Object.hasOwn(holder, key) ? holder[key] : 'x';
  const kind = random();
  if (kind < 0.25) delete holder[key];
  else if (kind < 0.4) set(holder, `_${key}`, anyValue(values, random));
  else if (kind < 0.6) set(holder, pick(names, random), structuredClone(own));
  else if (kind < 0.7) set(holder, key, [own, own]);
  else set(holder, key, anyValue(values, random));
}

/** As JSON.parse would: `__proto__` is a member like any other. */
function set(holder: Json, key: string, value: unknown): void {
  Object.defineProperty(holder, key, {
    value,
    ...{ enumerable: true, configurable: true, writable: true },
  });
}

function collect(value: unknown, into: (Json | unknown[])[]): void {
  if (typeof value !== 'object' || value === null) return;
  into.push(value as Json | unknown[]);
  for (const inner of Object.values(value)) collect(inner, into);
}
