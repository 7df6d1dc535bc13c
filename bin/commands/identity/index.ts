import { defineCommand, type Invocation, UsageError } from '../../command.ts';
import { verbNamed } from '../../verbs.ts';
import { identityEvaluate, identityLink, linkDetails, linkOptions } from './link.ts';
import { reviewDetails, stewardDetails, stewardOptions } from './options.ts';
import { identityPolicy, policyDetails, policyOptions } from './policy.ts';

const options = { ...linkOptions, ...policyOptions, ...stewardOptions };
type Call = Invocation<typeof options>;

type Verb = (call: Call, rest: readonly string[]) => Promise<number>;

/** What these verbs stand on is loaded when one of them is used. */
const stewards = () => import('./stewards.ts');
const reviews = () => import('./review.ts');

const verbs: Readonly<Record<string, Verb>> = {
  link: identityLink,
  evaluate: identityEvaluate,
  review: async (call, rest) => (await reviews()).identityReview(call, rest),
  decide: async (call, rest) => (await reviews()).identityDecide(call, rest),
  merge: async (call, rest) => (await stewards()).identityMerge(call, rest),
  unmerge: async (call, rest) => (await stewards()).identityUnmerge(call, rest),
  explain: async (call, rest) => (await stewards()).identityExplain(call, rest),
  history: async (call, rest) => (await stewards()).identityHistory(call, rest),
  verify: alone(async (call) => (await stewards()).identityVerify(call)),
  'audit-rate': alone(async (call) => (await stewards()).identityAuditRate(call)),
  refit: alone(async (call) => (await import('./refit.ts')).identityRefit(call)),
  labels: alone(async (call) => (await reviews()).identityLabels(call)),
  policy: identityPolicy,
};

/** A verb that takes no further words. */
function alone(verb: (call: Call) => Promise<number>): Verb {
  return async (call, rest) => {
    if (rest.length > 0) throw new UsageError(`\`${call.args[0]}\` takes no \`${rest[0]}\``);
    return verb(call);
  };
}

export const identity = defineCommand({
  name: 'identity',
  summary: 'Patient identity: linking files, the work of stewards, the policy.',
  usage: `${Object.keys(verbs).join('|')} ..`,
  details: [linkDetails, reviewDetails, stewardDetails, policyDetails].join('\n'),
  options,
  async run(call) {
    const [word, ...rest] = call.args;
    if (word === undefined) throw new UsageError(`identity what? ${Object.keys(verbs).join(', ')}`);
    return verbNamed(verbs, word)(call, rest);
  },
});
