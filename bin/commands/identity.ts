import { suggestion } from '../../engine/index.ts';
import { defineCommand, UsageError } from '../command.ts';
import { identityEvaluate, identityLink, linkDetails, linkOptions } from './identity-link.ts';
import { identityPolicy, policyDetails, policyOptions } from './identity-policy.ts';

export const identity = defineCommand({
  name: 'identity',
  summary: 'Patient identity: links files of records, shows and signs the policy.',
  usage: 'link|evaluate|policy show|verify|sign|keygen|preview',
  details: `${linkDetails}\n${policyDetails}`,
  options: { ...linkOptions, ...policyOptions },
  async run(call) {
    const [word, ...rest] = call.args;
    if (word === 'link') return identityLink(call, rest);
    if (word === 'evaluate') return identityEvaluate(call, rest);
    if (word === 'policy') return identityPolicy(call, rest);
    if (word === undefined) throw new UsageError('identity what? link, evaluate, policy');
    throw new UsageError(
      `unknown verb \`${word}\`; ${suggestion(word, ['link', 'evaluate', 'policy'])}`,
    );
  },
});
