import { ConfigError, exitCodes, suggestion } from '../../engine/index.ts';
import type { ConvertedBytes } from '../../transforms/mapping/index.ts';
import { defineCommand, type Output, UsageError } from '../command.ts';
import { issueText } from '../message-rows.ts';

export const convert = defineCommand({
  name: 'convert',
  summary: 'Converts HL7 v2 files to FHIR offline, and says what was lost.',
  usage:
    'FILE.. --mapping NAME | explain [ROW|PATH] --mapping NAME | ' +
    '--against GIT-REV FILE..|--channel NAME --since TIME',
  details: `One row a message; a batch file gives as many as it has MSH. \`base\` is the shared base
with no dialect. The outcome is converted, quarantined or filtered; \`unvisited\` names the
populated fields that no rule read. With --against it says what a change under review does: value
by value, by rule and FHIR path, what messages become by the configuration as it lies there, and
what they became by that of a git revision, base rules and code maps too.

\`explain\` converts nothing: it prints the rows of the mapping as they are in force, each with the
files and lines that it comes from, the base first, and with what a later one overrode. Without ROW
(an id), an HL7 path (\`PID-5\`) or a FHIR path (\`Patient.name\`) it prints them all.`,
  options: {
    mapping: { type: 'string', value: 'NAME', about: 'A file in config/mappings.' },
    message: { type: 'string', value: 'TYPE', about: 'Explain what e.g. ADT^A01 makes.' },
    against: { type: 'string', value: 'GIT-REV', about: 'The difference from that revision.' },
    channel: { type: 'string', value: 'NAME', about: 'With --against: as this channel does.' },
    since: { type: 'string', value: 'TIME', about: 'With --channel: what it has stored since.' },
    until: { type: 'string', value: 'TIME', about: 'With --since: received before.' },
    'no-values': { type: 'boolean', about: 'With --against: counts, and no value of a patient.' },
  },
  async run(call) {
    const { args, options, json, configDir, out } = call;
    const { mapping: name, against, channel, since, until } = options;
    if (against !== undefined) {
      const { convertAgainst } = await import('../reconvert/against.ts');
      const withoutValues = options['no-values'] === true;
      return convertAgainst(call, { against, mapping: name, channel, since, until, withoutValues });
    }
    if (args.length === 0) throw new UsageError('which files?');
    if (name === undefined) throw new UsageError('by which mapping? --mapping NAME');
    const [{ convertBytes, loadMapping, mappingNames }, { peekHeader }, { readMessages }] =
      await Promise.all([
        import('../../transforms/mapping/index.ts'),
        import('../../transforms/hl7v2/index.ts'),
        import('../hl7-files.ts'),
      ]);
    const known = ['base', ...mappingNames(configDir)];
    if (!known.includes(name))
      throw new UsageError(`no mapping is called \`${name}\`; ${suggestion(name, known)}`);
    const mapping = loadMapping(configDir, name);
    if (mapping.merged === undefined) throw new ConfigError(mapping.issues);
    const [first, ...about] = args;
    if (first === 'explain') {
      const { explainRules } = await import('./convert-explain.ts');
      return explainRules(mapping, { about, message: options.message, json, out });
    }
    for (const path of args) {
      for (const { file, raw } of readMessages(path)) {
        const result = convertBytes(mapping, raw);
        const controlId = peekHeader(raw)?.controlId ?? '';
        if (json) out.json(rowOf(file, controlId, result));
        else print(file, controlId, result, out);
      }
    }
    return exitCodes.ok;
  },
});

function rowOf(file: string, controlId: string, result: ConvertedBytes) {
  const { outcome, bundle, issues, unvisited } = result;
  return { file, control_id: controlId, outcome, bundle: bundle ?? null, issues, unvisited };
}

function print(file: string, controlId: string, result: ConvertedBytes, out: Output): void {
  const { outcome, bundle, issues, unvisited } = result;
  out.line(`${file} ${controlId} ${outcome}`);
  for (const issue of issues) out.line(`    ${issueText(issue)}`);
  // Of a held message hardly a field was read; that says nothing of the mapping.
  if (unvisited.length > 0 && outcome === 'converted')
    out.line(`    not read: ${unvisited.join(', ')}`);
  if (bundle !== undefined) out.line(JSON.stringify(bundle, null, 2));
}
