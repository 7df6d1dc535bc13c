import { z } from 'zod';
import {
  filter,
  hold,
  openDatabase,
  pass,
  type ResourceLine,
  type Stage,
  type StageComponent,
  stageStore,
  type Work,
} from '../../engine/index.ts';
import type { Conversion } from '../../transforms/fhir/index.ts';
import { type Admission, judge, unmatchedCorrections } from './admission/index.ts';
import { decideRequests } from './requests/index.ts';
import { idIndexSchema, spineFile, spineSchema } from './rows/index.ts';
import { openSpine, type Spine } from './spine.ts';
import { writeMessage } from './writing/index.ts';

/** The body of a Work after `store`. */
export type Stored = {
  /** The conversion's; the rest of it is done with, and a batch holds what it keeps in memory. */
  readonly unvisited: Conversion['unvisited'];
  /** Each resource that the message spoke of, in its new state. */
  readonly written: readonly ResourceLine[];
};

const admitted: Admission = { errors: [], remarks: [] };

const schema = z
  .strictObject({})
  .nullish()
  .transform(() => ({}))
  .describe('Nothing to configure.');

/** The last stage of every chain: what the message said becomes part of the resources. */
export const storeStage: StageComponent<z.output<typeof schema>> = {
  role: 'stage',
  name: 'store',
  flow: { takes: 'resources', gives: 'versions' },
  keepsState: true,
  summary: 'Writes the resources of a message to the spine, by id and version.',
  guarantees:
    'Each message once, by effect key; the current resource is the fold of all contributions in ' +
    'the order of their messages, in whatever order they are written; durable before settlement. ' +
    'A correction that does not mean exactly one earlier result is held, and so is, where the ' +
    'channel validates, a message that would leave a resource invalid. What a FHIR request ' +
    'depends on (does it exist, which version) is decided once, in the same transaction; a ' +
    'request that is refused is filtered, and its sender told.',
  example: 'store',
  schema,
  create(_config, context) {
    const { key } = context;
    const store = stageStore<Spine>({
      name: 'spine',
      file: spineFile(context.dataDir),
      open(file) {
        const db = openDatabase(file, {
          key,
          pageBytes: 8192,
          cacheKiB: 16 * 1024,
          autoCheckpointPages: 8192,
        });
        db.exec(spineSchema + idIndexSchema);
        const spine = openSpine(db);
        return {
          db,
          store: spine,
          begun: () => spine.begun(),
          committing: () => spine.committing(),
        };
      },
    });
    const stage: Stage<Conversion, Stored> = {
      name: 'store',
      transaction: store.transaction,
      close: store.close,
      run: (work: Work<Conversion>) =>
        store.attempt((spine) => {
          const unmatched = unmatchedCorrections(spine, work);
          if (unmatched.length > 0) return hold(unmatched);
          const decided = decideRequests(spine, work);
          if ('refused' in decided) return filter(decided.refused[0]!.issue.code);
          const { gate, unvisited } = work.body;
          const { errors, remarks } = gate ? judge(spine, gate, decided.work) : admitted;
          if (errors.length > 0) return hold([...errors, ...remarks], gate?.stage);
          const { written, issues } = writeMessage(spine, decided.work);
          decided.answer();
          const said = gate ? remarks.map((issue) => ({ stage: gate.stage, issue })) : [];
          return pass({ unvisited, written }, issues, said);
        }),
    };
    return stage as Stage;
  },
};
