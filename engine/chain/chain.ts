import type { Issue } from '../issue.ts';
import type { ChainVerdict } from '../outcome.ts';
import {
  concatMap,
  from,
  lastValueFrom,
  map,
  type Observable,
  type OperatorFunction,
  of,
  toArray,
} from '../rx.ts';
import type { Outcome, Said, ScriptUse, Stage, UnmappedUse, Work } from '../stage.ts';

export type ChainResult = {
  readonly verdict: ChainVerdict;
  /** What the last stage made; several when a stage split the message; none unless settled. */
  readonly bodies: readonly unknown[];
  /** Microseconds each stage took, in the order of the stages; shorter when it stopped early. */
  readonly tookUs: readonly number[];
  /** Everything that stages remarked on the way, with the stage's name. */
  readonly issues: readonly { readonly stage: string; readonly issue: Issue }[];
};

/** One message (or a part of one) between two stages. */
type Flight = {
  readonly index: number;
  readonly keys: readonly number[];
  readonly work: Work;
  readonly verdict: ChainVerdict | undefined;
  readonly tookUs: readonly number[];
  readonly issues: readonly { readonly stage: string; readonly issue: Issue }[];
};

const nowUs = (): number => performance.now() * 1000;

/**
 * Lifts a stage into the chain: adds timing and error isolation, and passes a message that is
 * settled already on untouched. What a stage throws is a bug: it holds this message and no other.
 */
function lift(stage: Stage, waiting: Set<number>): OperatorFunction<Flight, Flight> {
  return concatMap((flight) => {
    if (flight.verdict) return of(flight);
    // A message behind one of the same key that has to wait, waits too: order is per key (G5).
    if (flight.keys.some((key) => waiting.has(key)))
      return of(delay(flight, waiting, 0, 'behind-retry'));
    const startedUs = nowUs();
    try {
      const outcome = stage.run(flight.work);
      if (!(outcome instanceof Promise)) return next(stage, flight, outcome, startedUs, waiting);
      return from(outcome.catch((cause: unknown) => cause)).pipe(
        concatMap((value) =>
          value instanceof Error
            ? of(broken(stage, flight, value))
            : next(stage, flight, value as Outcome, startedUs, waiting),
        ),
      );
    } catch (cause) {
      return of(broken(stage, flight, cause));
    }
  });
}

function next(
  stage: Stage,
  flight: Flight,
  outcome: Outcome,
  startedUs: number,
  waiting: Set<number>,
): Observable<Flight> {
  const tookUs = [...flight.tookUs, Math.round(nowUs() - startedUs)];
  const remark = (issues: readonly Issue[], said: readonly Said[] = []) =>
    issues.length + said.length === 0
      ? flight.issues
      : [...flight.issues, ...said, ...issues.map((issue) => ({ stage: stage.name, issue }))];
  switch (outcome.kind) {
    case 'pass':
      return of({
        ...flight,
        work: { ...flight.work, body: outcome.body },
        tookUs,
        issues: remark(outcome.issues, outcome.said),
      });
    case 'split':
      return from(outcome.bodies).pipe(
        map((body) => ({
          ...flight,
          work: { ...flight.work, body },
          tookUs,
          issues: remark(outcome.issues),
        })),
      );
    case 'filter':
      return of({ ...flight, tookUs, verdict: { kind: 'filtered', reason: outcome.reason } });
    case 'hold':
      return of({
        ...flight,
        tookUs,
        verdict: { kind: 'held', stage: outcome.stage ?? stage.name, issues: outcome.issues },
      });
    case 'retry':
      return of(delay({ ...flight, tookUs }, waiting, outcome.afterMs, outcome.cause));
  }
}

function delay(flight: Flight, waiting: Set<number>, afterMs: number, cause: string): Flight {
  for (const key of flight.keys) waiting.add(key);
  return { ...flight, verdict: { kind: 'retry', afterMs, cause } };
}

/** Thrown out of a batch that holds a transaction, so that it is rolled back and run one by one. */
class StageBug extends Error {}

function broken(stage: Stage, flight: Flight, cause: unknown): Flight {
  // The text of an unknown error may quote the payload: only its kind and place are kept.
  const error = cause instanceof Error ? cause : new Error(typeof cause);
  const place = /at .*?([\w.-]+\.ts:\d+)/.exec(error.stack ?? '')?.[1] ?? 'unknown place';
  const issue: Issue = {
    severity: 'fatal',
    code: 'stage-bug',
    diagnostics: `a bug in Plexus: the stage ${stage.name} failed (${error.name} at ${place})`,
  };
  return { ...flight, verdict: { kind: 'held', stage: stage.name, issues: [issue] } };
}

/** The ordering keys of each message of a batch. */
type Keys = readonly (readonly number[])[];

export type Chain = ReturnType<typeof createChain>;

/** Makes one RxJS chain of a channel's stages. Order in, order out; one subscription a batch. */
export function createChain(stages: readonly Stage[]) {
  const through = (flights: Observable<Flight>): Observable<Flight> => {
    const waiting = new Set<number>();
    return stages.reduce((stream, stage) => stream.pipe(lift(stage, waiting)), flights);
  };
  const stores = stages.flatMap((stage) => stage.transaction ?? []);

  async function attempt(works: readonly Work[], keys: Keys): Promise<ChainResult[]> {
    for (const store of stores) store.begin();
    try {
      const flights = await lastValueFrom(
        through(from(works.map((work, n) => takeOff(work, n, keys[n] ?? [])))).pipe(toArray()),
      );
      const results = gather(works.length, flights);
      if (works.length > 1 && results.some(isBug)) throw new StageBug();
      for (const store of stores) store.commit();
      return results;
    } catch (cause) {
      for (const store of stores) store.rollback();
      throw cause;
    }
  }

  async function oneByOne(works: readonly Work[], keys: Keys): Promise<ChainResult[]> {
    const results: ChainResult[] = [];
    const waiting = new Set<number>();
    for (const [n, work] of works.entries()) {
      const own = keys[n] ?? [];
      const [result] = own.some((key) => waiting.has(key))
        ? gather(1, [delay(takeOff(work, 0, own), waiting, 0, 'behind-retry')])
        : await attempt([work], [own]);
      if (result!.verdict.kind === 'retry') for (const key of own) waiting.add(key);
      results.push(result!);
    }
    return results;
  }

  return {
    /**
     * Runs a batch; `keys` are the ordering keys of each message. One result a message, in order.
     * Throws what a store's commit throws; the batch may then be run again.
     */
    async run(works: readonly Work[], keys: Keys = []): Promise<ChainResult[]> {
      try {
        return await attempt(works, keys);
      } catch (cause) {
        if (!(cause instanceof StageBug)) throw cause;
        return oneByOne(works, keys);
      }
    },
    /** What scripts were called for since this was asked last. */
    scripts: (): readonly ScriptUse[] => stages.flatMap((stage) => stage.scripts?.() ?? []),
    unmapped: (): readonly UnmappedUse[] => stages.flatMap((stage) => stage.unmapped?.() ?? []),
    close(): void {
      for (const stage of stages) stage.close?.();
    },
  };
}

const takeOff = (work: Work, index: number, keys: readonly number[]): Flight => ({
  index,
  keys,
  work,
  verdict: undefined,
  tookUs: [],
  issues: [],
});

const isBug = (result: ChainResult): boolean =>
  result.verdict.kind === 'held' &&
  result.verdict.issues.some((issue) => issue.code === 'stage-bug');

const gravity = { settled: 0, filtered: 1, retry: 2, held: 3 } as const;

/** A message that was split is as well as the worst of its parts: a held part holds the whole. */
function gather(count: number, flights: readonly Flight[]): ChainResult[] {
  const results: ChainResult[] = Array.from({ length: count }, () => ({
    verdict: { kind: 'filtered', reason: 'empty-split' },
    bodies: [],
    tookUs: [],
    issues: [],
  }));
  const seen = new Set<number>();
  for (const flight of flights) {
    const verdict = flight.verdict ?? { kind: 'settled' };
    const body = flight.verdict ? [] : [flight.work.body];
    const before = results[flight.index]!;
    if (!seen.has(flight.index)) {
      seen.add(flight.index);
      results[flight.index] = {
        verdict,
        bodies: body,
        tookUs: flight.tookUs,
        issues: flight.issues,
      };
      continue;
    }
    const worse =
      gravity[verdict.kind] > gravity[before.verdict.kind] && verdict.kind !== 'filtered';
    const better = before.verdict.kind === 'filtered' && verdict.kind === 'settled';
    results[flight.index] = {
      verdict: worse || better ? verdict : before.verdict,
      bodies: [...before.bodies, ...body],
      tookUs: flight.tookUs.length > before.tookUs.length ? flight.tookUs : before.tookUs,
      issues: [
        ...before.issues,
        ...flight.issues.filter((remark) => !before.issues.includes(remark)),
      ],
    };
  }
  return results;
}
