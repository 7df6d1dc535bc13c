import { type Issue, isBlocking } from '../../../engine/index.ts';
import type { Contribution, Conversion, Mark } from '../../fhir/index.ts';
import { type Hl7Message, isQuery, queryRefusedCode } from '../../hl7v2/index.ts';
import { type FullRun, listings, makeInstances } from '../ids/index.ts';
import type { CompiledMapping, MessagePlan } from '../plans.ts';
import {
  type Collector,
  createCollector,
  createReader,
  memosFor,
  scopeOf,
} from '../reading/index.ts';
import { fillResource, liveOf, type Run } from '../rules/index.ts';
import { addContribution } from './contributions.ts';
import { environmentOf } from './environment.ts';
import { readMoves } from './moves.ts';
import { readStatements } from './statements.ts';

export type Converted =
  | { readonly kind: 'pass'; readonly conversion: Conversion }
  | { readonly kind: 'filter'; readonly reason: string }
  | {
      readonly kind: 'hold';
      readonly issues: readonly Issue[];
      readonly unvisited: readonly string[];
    };

/**
 * Converts one parsed message: first the ids of everything it makes, so that references can be
 * written, then the elements. The same bytes and the same mapping give the same result, on any
 * machine.
 */
export function convertMessage(mapping: CompiledMapping, message: Hl7Message): Converted {
  const { messageType } = message.header;
  const plan = mapping.messages.get(messageType);
  const collector = createCollector();
  // Its sender has been refused already; it says nothing that could be mapped.
  if (plan === undefined && isQuery(message.header))
    return { kind: 'filter', reason: queryRefusedCode };
  if (plan === undefined) {
    const isShown = /^[A-Z0-9^]{1,11}$/.test(messageType);
    const type = isShown ? `type ${messageType}` : 'the type in MSH-9';
    const text = `no mapping for messages of ${type}`;
    collector.hold('message-type-unsupported', text, 'MSH-9', message.header.start);
    return held(collector, message);
  }
  if (plan === 'filter') return { kind: 'filter', reason: 'message-type-filtered' };

  const run = startRun(mapping, plan, message, collector);
  const instances = makeInstances(mapping, run.live.entries, run);
  if (isBlocking(collector.list())) return held(collector, message);
  const contributions: Contribution[] = [];
  const marks: Mark[] = [];
  const positions = new Map<string, number>();
  for (const instance of instances) {
    const { contribution, found } = fillResource(instance, run);
    addContribution(contribution, found, instance.isShared, { contributions, marks, positions });
    // Thousands of results are each read once; their fields need not outlive them.
    if (run.reader.segments.length > heldMax) run.reader.known[instance.index] = undefined;
  }
  const statements = readStatements(run);
  const moves = readMoves(mapping, instances, run);
  const lists = run.lists && listings(run.lists);
  markIgnored(mapping, run);
  if (isBlocking(collector.list()) || isBlocking(message.issues)) return held(collector, message);
  return {
    kind: 'pass',
    conversion: {
      messageType,
      controlId: message.header.controlId,
      contributions,
      unvisited: message.unvisited(),
      issues: [...message.issues, ...collector.list()],
      marks,
      ...(lists === undefined ? {} : { lists }),
      ...(moves === undefined ? {} : { moves }),
      ...(statements === undefined ? {} : { statements }),
      provenance: { mapping: mapping.label, maps: [] },
    },
  };
}

function held(collector: Collector, message: Hl7Message): Converted {
  // Damage to the message explains what is missing in it, so it comes first.
  const damage = message.issues.filter((issue) => isBlocking([issue]));
  const others = message.issues.filter((issue) => !isBlocking([issue]));
  const issues = [...damage, ...collector.list(), ...others];
  return { kind: 'hold', issues, unvisited: message.unvisited() };
}

/** Messages of more segments let go of what they divided. */
const heldMax = 256;

let runs = 0;

function startRun(
  mapping: CompiledMapping,
  plan: Exclude<MessagePlan, 'filter'>,
  message: Hl7Message,
  collector: Collector,
): FullRun {
  const { messageType, triggerEvent: trigger } = message.header;
  const { each } = mapping;
  const reader = createReader(message, mapping.dialect);
  const scope = scopeOf(message.segments);
  runs += 1;
  return {
    run: runs,
    reader,
    scope,
    live: liveOf(mapping, plan, { messageType, trigger }, scope),
    memos: memosFor(mapping.memos, message.delimiters),
    messageType,
    trigger,
    environment: environmentOf(mapping, reader, collector),
    instances: { each, made: new Array(each.length).fill(undefined) },
    collector,
    lists: undefined,
  };
}

function markIgnored(mapping: CompiledMapping, { reader }: Run): void {
  for (const segment of reader.segments) {
    const bits = mapping.ignored.get(segment.code);
    if (bits) segment.markReadBits(bits);
  }
}
