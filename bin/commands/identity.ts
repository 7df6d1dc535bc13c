import { suggestion } from '../../engine/index.ts';
import { defineCommand, UsageError } from '../command.ts';
import { identityPolicy, policyDetails, policyOptions } from './identity-policy.ts';

export const identity = defineCommand({
  name: 'identity',
  summary: 'Patient identity: the policy that governs it.',
  usage: 'policy show|verify|sign|keygen',
  details: policyDetails,
  options: { ...policyOptions },
  async run(call) {
    const [word, ...rest] = call.args;
    if (word === 'policy') return identityPolicy(call, rest);
    if (word === undefined) throw new UsageError('identity what? policy');
    throw new UsageError(`unknown verb \`${word}\`; ${suggestion(word, ['policy'])}`);
  },
});
