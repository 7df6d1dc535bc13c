import type { Calls, Desk, DeskVerb } from './calls.ts';
import { createGovernment, type Government } from './government.ts';
import { decideReview, mergePersons, unmergePersons } from './orders.ts';
import { type Ask, questions } from './questions.ts';
import { asking, openReading, type Reading } from './reading.ts';
import { openWriting, order, rehearse, type Writing } from './writing.ts';

export type DeskOptions = {
  readonly dataDir: string;
  readonly key: Buffer;
  readonly configDir: string;
  /** How long an order waits for the chain workers; 3 s unless told. */
  readonly waitMs?: number;
};

const waitMsDefault = 3_000;

/** A desk in this thread. Opens its files when they are first needed. */
export function openDesk(options: DeskOptions): Desk {
  const { dataDir, key, configDir } = options;
  const government = createGovernment(configDir);
  const { governed } = government;
  let reading: Reading | undefined;
  const ask: Ask = {
    open() {
      reading ??= openReading(dataDir, key, governed);
      return reading;
    },
    about(question, nobody) {
      const found = ask.open();
      return found === undefined ? nobody() : asking(found, question);
    },
  };
  const writing = writer(options, government);
  const calls: Calls<DeskVerb> = { ...questions(ask, governed), ...orders(writing, government) };
  return {
    async ask(verb, input) {
      const call = calls[verb] as Calls<typeof verb>[typeof verb];
      return await call(input);
    },
    renew: government.renew,
    async close() {
      reading?.db.close();
      reading = undefined;
      writing.close();
    },
  };
}

type Writer = {
  carryOut<Out>(work: (writing: Writing) => Out, isRehearsal?: boolean): Promise<Out>;
  close(): void;
};

function writer(
  { dataDir, key, waitMs = waitMsDefault }: DeskOptions,
  { governed }: Government,
): Writer {
  let opened: Writing | undefined;
  return {
    async carryOut(work, isRehearsal = false) {
      // Before anything is opened: without a policy nothing is changed.
      governed();
      opened ??= openWriting(dataDir, key, governed);
      return isRehearsal ? rehearse(opened, waitMs, work) : order(opened, waitMs, work);
    },
    close() {
      opened?.db.close();
      opened = undefined;
    },
  };
}

function orders(
  { carryOut }: Writer,
  { governed }: Government,
): Pick<Calls<DeskVerb>, 'merge' | 'unmerge' | 'decide'> {
  return {
    merge: (given) =>
      carryOut(
        (writing) => mergePersons(writing, given, governed().governance.survivorship),
        given.preview === true,
      ),
    unmerge: (given) => carryOut((writing) => unmergePersons(writing, given)),
    decide: (given) => carryOut((writing) => decideReview(writing, given)),
  };
}
