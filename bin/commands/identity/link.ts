import { readFileSync, statSync } from 'node:fs';
import cliProgress from 'cli-progress';
import { ConfigError, exitCodes, PlexusError, reasonOf } from '../../../engine/index.ts';
import type {
  Evaluation,
  LinkResult,
  LinkWorkers,
  People,
  TruthRule,
} from '../../../transforms/identity/index.ts';
import { type Invocation, type OptionSpec, UsageError } from '../../command.ts';

/** What `identity link` and `identity evaluate` take. */
export const linkOptions = {
  input: {
    type: 'string',
    value: 'FILE.csv',
    multiple: true,
    about: 'link, evaluate: records; two of them are linked across, one within.',
  },
  columns: {
    type: 'string',
    value: 'FILE.json',
    about: 'link, evaluate: which column holds which attribute.',
  },
  model: {
    type: 'string',
    value: 'FILE.json',
    about: 'link, evaluate: a fitted model, in place of fitting one to the input.',
  },
  truth: { type: 'string', value: 'COLUMN', about: 'evaluate: who each record is in truth.' },
  'truth-pattern': {
    type: 'string',
    value: 'REGEX',
    about: 'evaluate: its first group in the column is the truth, e.g. `rec-(\\d+)-`.',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

type Call = Invocation<typeof linkOptions>;

export const linkDetails = `link      links the records of CSV files; the model is fitted to them
evaluate  links, and scores the result against the truth in --truth COLUMN
--columns names a JSON file, attribute to column; attributes that the file lacks are left out:
{"id":"rec_id","given":"given_name","family":"surname","birthDate":"date_of_birth","sex":"sex",
"line":["street_number","address_1"],"city":"suburb","postalCode":"postcode","state":"state",
"phone":"phone","email":"email","identifier":{"urn:ssn":"soc_sec_id"}}`;

/** `identity link`: edges for automatic links and reviews, then the clusters. */
export async function identityLink(call: Call, rest: readonly string[]): Promise<number> {
  const { json, out } = call;
  if (call.options.truth !== undefined) throw new UsageError('`--truth` is for `evaluate`');
  const { result } = await linkFiles(call, rest, undefined);
  for (const edge of result.edges) {
    if (json) out.json(edge);
    else out.line([edge.decision, edge.a, edge.b, edge.p.toFixed(4), ...edge.vetoes].join(' '));
  }
  for (const cluster of result.clusters) {
    if (json) out.json(cluster);
    else if (cluster.members.length > 1) out.line(`cluster ${cluster.members.join(' ')}`);
  }
  const { records, compared, auto, review, clusters, hotKeys, leftOut } = result.counts;
  out.say(
    `${records} records, ${compared} pairs compared: ${auto} linked, ${review} to review, ` +
      `${clusters} persons; ${hotKeys} hot keys compounded, ${leftOut} meetings left out`,
  );
  return exitCodes.ok;
}

/** `identity evaluate`: precision, recall and shares against a truth. */
export async function identityEvaluate(call: Call, rest: readonly string[]): Promise<number> {
  const { json, options, out } = call;
  if (options.truth === undefined) throw new UsageError('evaluate against which --truth COLUMN?');
  const rule = truthRule(options.truth, options['truth-pattern']);
  const { result, people } = await linkFiles(call, rest, rule);
  const { countTruePairs, evaluate } = await identity();
  const isAcross = people.secondFrom < people.ids.length;
  const byInput = [0, 1].map((input) => {
    const [from, to] = input === 0 ? [0, people.secondFrom] : [people.secondFrom, undefined];
    const truth = people.truth.slice(from, to);
    return new Map(people.ids.slice(from, to).map((id, at) => [id, truth[at] ?? '']));
  });
  const truths = countTruePairs(people.truth, people.secondFrom);
  const truth = (id: string, input: 0 | 1) => byInput[input]?.get(id) ?? '';
  const evaluation = evaluate(result, truth, truths, isAcross);
  if (json) out.json(evaluation);
  else for (const line of describe(evaluation)) out.line(line);
  return exitCodes.ok;
}

const identity = () => import('../../../transforms/identity/index.ts');

function truthRule(column: string, pattern: string | undefined): TruthRule {
  if (pattern === undefined) return { column };
  try {
    return { column, pattern: new RegExp(pattern) };
  } catch (cause) {
    throw new UsageError(`--truth-pattern: ${reasonOf(cause)}`);
  }
}

/** Files up to this size are linked in this thread; starting others would take longer. */
const oneThreadBytes = 8 * 1024 * 1024;
const threads = 2;

async function linkFiles(
  call: Call,
  rest: readonly string[],
  truth: TruthRule | undefined,
): Promise<{ result: LinkResult; people: People }> {
  const { configDir, options, out } = call;
  if (rest.length > 0) throw new UsageError(`\`${rest[0]}\`: inputs are named with --input`);
  const files = options.input ?? [];
  if (files.length === 0) throw new UsageError('which --input FILE.csv?');
  if (files.length > 2) throw new UsageError('at most two inputs');
  if (options.columns === undefined) throw new UsageError('which --columns FILE.json?');
  const api = await identity();
  const columns = api.readColumns(options.columns);
  const { governance, issues } = api.loadPolicy(configDir);
  if (governance === undefined) throw new ConfigError(issues);
  const policy = governance.rules;
  const fixed = options.model === undefined ? undefined : readModel(options.model, api.parseModel);
  const task = { files, columns, policy, seed: api.linkSeed, source: 'input of identity link' };
  const progress = progressBar(out.isTerminal);
  try {
    const bytes = files.reduce((sum, file) => sum + (statSync(file).size || 0), 0);
    if (truth !== undefined || bytes <= oneThreadBytes) {
      const people = await api.readPeople(files, columns, truth);
      const workers = api.linkInProcess(people, task, (done) => progress.update('score', done));
      return { result: await api.linkAll(withModel(workers, fixed), policy), people };
    }
    const workers = await api.openLinkThreads(task, threads, progress.update);
    try {
      const result = await api.linkAll(withModel(workers, fixed), policy);
      const { ids, secondFrom } = workers;
      return { result, people: { ids, secondFrom, prepared: [], truth: [] } };
    } finally {
      await workers.close();
    }
  } finally {
    progress.stop();
  }
}

type Model = LinkResult['model'];

function withModel(workers: LinkWorkers, model: Model | undefined): LinkWorkers {
  return model === undefined ? workers : { ...workers, fit: async () => model };
}

function readModel(file: string, parse: (text: string) => Model): Model {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (!(cause instanceof PlexusError)) throw cause;
    throw new PlexusError(cause.code, `${file}: ${cause.message}`, { exit: cause.exit });
  }
}

function progressBar(isTerminal: boolean) {
  if (!isTerminal) return { update: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar(
    { stream: process.stderr, format: '{step} {bar} {value}', clearOnComplete: true },
    cliProgress.Presets.shades_classic,
  );
  let step = '';
  return {
    update(now: 'read' | 'score', done: number): void {
      if (now !== step) {
        bar.start(now === 'read' ? 0 : 100, 0, { step: now === 'read' ? 'reading' : 'comparing' });
        step = now;
      }
      bar.update(now === 'read' ? done : Math.round(done * 100));
    },
    stop: () => bar.stop(),
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

function describe(evaluation: Evaluation): string[] {
  const { records, truePairs, thresholds, best, wrongAuto } = evaluation;
  const { autoShare, reviewShare, recordShares } = evaluation;
  return [
    `${records} records, ${truePairs} true pairs`,
    ...thresholds.map(
      ({ p, precision, recall, f1 }) =>
        `p ${p}  precision ${precision.toFixed(5)}  recall ${recall.toFixed(5)}  ` +
        `F1 ${f1.toFixed(5)}`,
    ),
    `best F1 ${best.f1.toFixed(5)} from p ${best.p.toPrecision(4)}`,
    `automatic ${percent(autoShare)} of the true pairs, ${wrongAuto} wrong; ` +
      `review ${percent(reviewShare)}`,
    `of the records with a partner ${percent(recordShares.linked)} linked to one, ` +
      `${percent(recordShares.review)} not linked and to review`,
  ];
}
