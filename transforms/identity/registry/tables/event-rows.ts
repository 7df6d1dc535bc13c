import { nameUuid } from '../../../fhir/index.ts';
import type { Assessment } from '../../assessment.ts';
import type { Cause, IdentityEvent, PersonId, Sighting, StoredEvent } from '../../events.ts';
import { type PackedRecord, packRecord, unpackRecord } from './attributes.ts';
import type { Words } from './words.ts';

/** An event as its table keeps it: what is asked for in columns, the rest as compact JSON. */
export type EventRow = {
  readonly seq: number;
  readonly type: number;
  readonly at_us: number;
  readonly a: number | null;
  readonly b: number | null;
  readonly message: number | null;
  readonly generation: number | null;
  readonly cause: string | null;
  readonly body: string | null;
};

/** Numbers of the types are stored: only append. */
export const eventTypes = [
  'seen',
  'changed',
  'scored',
  'linked',
  'unlinked',
  'queued',
  'reviewed',
  'merged',
  'unmerged',
  'do-not-link',
  'policy-changed',
] as const satisfies readonly IdentityEvent['type'][];

type EventType = IdentityEvent['type'];
type EventOf<Type extends EventType> = Extract<IdentityEvent, { type: Type }>;
type Fields = { readonly a?: number; readonly b?: number; readonly body?: unknown };

/** The id of the person that is anchored to the record which this identifier is the key of. */
export function personIdOf(system: string, value: string): PersonId {
  // Who was looked for in vain is seen next.
  if (system === last.system && value === last.value) return last.person;
  const person = nameUuid(`person\u001f${system}\u001f${value}`);
  last = { system, value, person };
  return person;
}

let last = { system: '', value: '', person: nameUuid('person\u001f\u001f') };

export function toRow(event: StoredEvent, words: Words): EventRow {
  const { cause } = event;
  const isMessage = cause.kind === 'message';
  const { a, b, body } = fieldsOf(event, words);
  return {
    seq: event.seq,
    type: eventTypes.indexOf(event.type),
    at_us: event.atUs,
    a: a ?? null,
    b: b ?? null,
    message: isMessage ? cause.message : null,
    generation: isMessage ? cause.generation : null,
    cause: isMessage ? null : JSON.stringify(cause),
    body: body === undefined ? null : JSON.stringify(body),
  };
}

export function fromRow(row: EventRow, words: Words): StoredEvent {
  const type = eventTypes[row.type];
  if (type === undefined) throw new Error('an event of an unknown type');
  const body: unknown = row.body === null ? undefined : JSON.parse(row.body);
  const cause: Cause =
    row.cause === null
      ? { kind: 'message', message: row.message!, generation: row.generation! }
      : (JSON.parse(row.cause) as Cause);
  const { seq, at_us: atUs } = row;
  return { ...decode(type, row, body, words), seq, atUs, cause };
}

/** What a `seen` or `changed` event says of its record, and no more of it. */
export function sightingOf(
  { type, body }: Pick<EventRow, 'type' | 'body'>,
  words: Words,
): Sighting {
  const said = JSON.parse(body!) as unknown[];
  if (eventTypes[type] === 'seen') return unpackSighting(said.slice(2), words);
  if (eventTypes[type] === 'changed') return unpackSighting(said, words);
  throw new Error('attributes that no event holds');
}

function fieldsOf(event: IdentityEvent, words: Words): Fields {
  switch (event.type) {
    case 'seen':
      return {
        a: event.record,
        body: [words.no(event.system), event.value, ...packSighting(event, words)],
      };
    case 'changed':
      return { a: event.record, body: packSighting(event, words) };
    case 'scored': {
      const { a, b, assessment, verdict, model, policy } = event;
      return { a, b, body: [...versions(model, policy, words), verdict, packed(assessment)] };
    }
    case 'linked':
      return { a: event.a, b: event.b, body: [event.kind, event.weight] };
    case 'unlinked':
    case 'do-not-link':
      return { a: event.a, b: event.b, body: event.reason };
    case 'queued':
      return queuedFields(event, words);
    case 'reviewed':
      return { a: event.a, ...optional('b', event.b), body: [event.review, event.outcome] };
    case 'merged': {
      const { a, b, survivor, absorbed, kind, sides } = event;
      return { a, b, body: [survivor, absorbed, kind, sides] };
    }
    case 'unmerged': {
      const { a, b, merge, survivor, restored, cut, apart } = event;
      return { a, b, body: [merge ?? 0, survivor, restored, cut, apart] };
    }
    case 'policy-changed':
      return { body: [event.policy, event.model] };
    default:
      return event satisfies never;
  }
}

function queuedFields(event: EventOf<'queued'>, words: Words): Fields {
  const { kind, candidates, assessment, reasons, model, policy } = event;
  const score = assessment === undefined ? 0 : packed(assessment);
  const body = [kind, ...versions(model, policy, words), candidates, reasons, score];
  return { a: event.a, ...optional('b', event.b), body };
}

// biome-ignore lint/suspicious/noExplicitAny: what toRow wrote; each case names its parts.
function decode(type: EventType, row: EventRow, body: any, words: Words): IdentityEvent {
  const [a, b] = [row.a as number, row.b as number];
  switch (type) {
    case 'seen': {
      const [system, value] = [words.text(body[0]), body[1] as string];
      const person = personIdOf(system, value);
      return { type, record: a, system, value, person, ...unpackSighting(body.slice(2), words) };
    }
    case 'changed':
      return { type, record: a, ...unpackSighting(body, words) };
    case 'scored':
      return {
        ...{ type, a, b, verdict: body[2], assessment: unpacked(body[3]) },
        ...{ model: words.text(body[0]), policy: words.text(body[1]) },
      };
    case 'linked':
      return { type, a, b, kind: body[0], weight: body[1] };
    case 'unlinked':
    case 'do-not-link':
      return { type, a, b, reason: body };
    case 'queued': {
      const [kind, model, policy, candidates, reasons, score] = body;
      return {
        ...{ type, kind, a, ...optional('b', row.b ?? undefined), candidates, reasons },
        ...(score === 0 ? {} : { assessment: unpacked(score) }),
        ...{ model: words.text(model), policy: words.text(policy) },
      };
    }
    case 'reviewed': {
      const [review, outcome] = body;
      return { type, review, a, ...optional('b', row.b ?? undefined), outcome };
    }
    case 'merged': {
      const [survivor, absorbed, kind, sides] = body;
      return { type, survivor, absorbed, a, b, kind, sides };
    }
    case 'unmerged': {
      const [merge, survivor, restored, cut, apart] = body;
      return { type, ...(merge ? { merge } : {}), survivor, restored, a, b, cut, apart };
    }
    case 'policy-changed':
      return { type, policy: body[0], model: body[1] };
    default:
      return type satisfies never;
  }
}

function packSighting(sighting: Sighting, words: Words): unknown[] {
  const { fingerprint, normalisation, facility, attributes } = sighting;
  const packedRecord = packRecord(attributes, { encode: (system) => words.no(system) });
  return [fingerprint, normalisation, words.no(facility), packedRecord];
}

function unpackSighting(body: readonly unknown[], words: Words): Sighting {
  const [fingerprint, normalisation, facility, attributes] = body as [
    number,
    number,
    number,
    PackedRecord,
  ];
  return {
    attributes: unpackRecord<number>(attributes, { decode: (no) => words.text(no) }),
    fingerprint,
    normalisation,
    facility: words.text(facility),
  };
}

const versions = (model: string, policy: string, words: Words) => [
  words.no(model),
  words.no(policy),
];

/** Probabilities to six places, bits to four: what a steward sees, at half the length. */
function packed({ p, weight, bars, vetoes, agreeing }: Assessment): unknown[] {
  return [
    round(p, 1e6),
    round(weight, 1e4),
    bars.map((bar) => [bar.comparison, bar.level, round(bar.weight, 1e4)]),
    vetoes.map(({ id }) => id),
    agreeing,
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: what `packed` wrote.
function unpacked([p, weight, bars, vetoes, agreeing]: any): Assessment {
  return {
    ...{ p, weight, agreeing },
    bars: bars.map((bar: unknown[]) => ({ comparison: bar[0], level: bar[1], weight: bar[2] })),
    vetoes: vetoes.map((id: string) => ({ id })),
  };
}

const round = (value: number, places: number) => Math.round(value * places) / places;

function optional<Key extends string>(key: Key, value: number | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: number };
}
