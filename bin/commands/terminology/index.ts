import { defineCommand, type Invocation, UsageError } from '../../command.ts';
import { verbNamed } from '../../verbs.ts';
import { terminologyDetails, terminologyOptions } from './options.ts';

type Call = Invocation<typeof terminologyOptions>;
type Verb = (call: Call, rest: readonly string[]) => Promise<number>;

/** What these verbs stand on is loaded when one of them is used. */
const imports = () => import('./import.ts');
const reads = () => import('./read.ts');
const releases = () => import('./releases.ts');

const verbs: Readonly<Record<string, Verb>> = {
  import: async (call, rest) => (await imports()).terminologyImport(call, rest),
  translate: async (call, rest) => (await reads()).terminologyTranslate(call, rest),
  lookup: async (call, rest) => (await reads()).terminologyLookup(call, rest),
  expand: async (call, rest) => (await reads()).terminologyExpand(call, rest),
  diff: async (call, rest) => (await import('./diff.ts')).terminologyDiff(call, rest),
  export: async (call, rest) => (await releases()).terminologyExport(call, rest),
  unmapped: async (call, rest) => (await import('./unmapped.ts')).terminologyUnmapped(call, rest),
  ls: async (call, rest) => (await releases()).terminologyList(call, rest),
  verify: async (call, rest) => (await releases()).terminologyVerify(call, rest),
};

/** Other words for a verb. */
const aliases: Readonly<Record<string, string>> = { list: 'ls' };

export const terminology = defineCommand({
  name: 'terminology',
  summary: 'Code systems, value sets and code maps, by release.',
  usage: `${Object.keys(verbs).join('|')} ..`,
  details: terminologyDetails,
  options: terminologyOptions,
  async run(call) {
    const [word, ...rest] = call.args;
    if (word === undefined)
      throw new UsageError(`terminology what? ${Object.keys(verbs).join(', ')}`);
    const name = Object.hasOwn(aliases, word) ? aliases[word]! : word;
    return verbNamed(verbs, name)(call, rest);
  },
});
