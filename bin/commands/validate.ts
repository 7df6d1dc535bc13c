import { dataKey, exitCodes, type Issue, isBlocking } from '../../engine/index.ts';
import type { Definitions, Validator } from '../../transforms/validation/index.ts';
import { defineCommand, type Output, UsageError } from '../command.ts';
import type { FileResource } from '../fhir-files.ts';
import { issueText } from '../message-rows.ts';

export const validate = defineCommand({
  name: 'validate',
  summary: 'Checks FHIR R4 resources against R4, the profiles they name, and those you name.',
  usage: 'FILE.. [--profile URL] [--package TGZ..]',
  details: `One row a file; of a file of lines (\`.ndjson\`) one a line, with its number. A row is
\`{file,resourceType,id,valid,issues}\`; an issue has a severity, a code
(docs/reference/codes.md), a FHIRPath expression and a sentence. What could not be checked, as a
code whose value set nobody here has, is there too, with the code \`unchecked\`: it makes nothing
invalid, and is never left out.

Profiles that a resource names in \`meta.profile\` are honoured where R4, the configuration's
\`profiles/\`, a package that was imported (\`profile import\`) or one given with --package has
them; an Observation with the code of a vital sign must fit HL7's profile of it.
Findings are rows and the exit is 0; with --strict an invalid resource makes it 1.`,
  options: {
    profile: {
      type: 'string',
      multiple: true,
      value: 'URL',
      about: 'A profile that each resource must fit, with |version where that matters.',
    },
    package: {
      type: 'string',
      multiple: true,
      value: 'TGZ',
      about: 'A FHIR package with profiles, value sets and extensions.',
    },
    'best-practice': { type: 'boolean', about: 'Say too what is only advised (a narrative).' },
    strict: { type: 'boolean', about: 'Exit 1 when a resource is invalid.' },
  },
  async run({ args, options, json, out, configDir, dataDir, env }) {
    const { profile: profiles = [], package: packages = [] } = options;
    if (args.length === 0) throw new UsageError('which files?');
    const { readResources } = await import('../fhir-files.ts');
    const definitions = await definitionsOf({ configDir, dataDir }, packages, out);
    const unknown = profiles.find((url) => definitions.structure(url) === undefined);
    if (unknown !== undefined) throw new UsageError(`nobody here has the profile \`${unknown}\``);
    const { createValidator, firstOf } = await import('../../transforms/validation/index.ts');
    const has = (await import('../../transforms/terminology/index.ts')).openMembership({
      dataDir,
      key: () => dataKey(dataDir, env).value,
    });
    const bestPractice = options['best-practice'] === true;
    const valueSets = firstOf(definitions.valueSets, { has });
    const validator = createValidator({ definitions, valueSets, bestPractice });
    const tally = { rows: 0, invalid: 0, unchecked: 0 };
    for (const path of args)
      for await (const one of readResources(path)) {
        const row = rowOf(one, validator, profiles);
        tally.rows += 1;
        if (!row.valid) tally.invalid += 1;
        tally.unchecked += row.issues.filter(({ code }) => code === 'unchecked').length;
        if (json) out.json(row);
        else print(row, out);
      }
    out.say(
      `${tally.rows} resources, ${tally.invalid} invalid, ` +
        `${tally.unchecked} things that could not be checked`,
    );
    return tally.invalid > 0 && options.strict === true ? exitCodes.findings : exitCodes.ok;
  },
});

type Place = { readonly configDir: string; readonly dataDir: string };

/** R4, what the network writes itself, what was imported, and what this command line names. */
async function definitionsOf(
  { configDir, dataDir }: Place,
  packages: readonly string[],
  out: Output,
): Promise<Definitions> {
  const { createDefinitions, keptPackage, keptPackages, readOwnProfiles, readPackage } =
    await import('../../transforms/validation/index.ts');
  const { readNamedFile } = await import('../fhir-files.ts');
  const own = readOwnProfiles(configDir);
  for (const { file, line, message } of own.issues) out.say(`${file}:${line}: ${message}`);
  const kept = keptPackages(dataDir).map((id) => keptPackage(dataDir, id));
  const named = await Promise.all(packages.map((path) => readPackage(readNamedFile(path))));
  return createDefinitions([own, ...named, ...kept]);
}

/** One row; people script against these names. */
type Row = {
  readonly file: string;
  readonly line?: number;
  readonly resourceType: string | null;
  readonly id: string | null;
  readonly valid: boolean;
  readonly issues: readonly {
    readonly severity: string;
    readonly code: string;
    readonly expression: string;
    readonly diagnostics: string;
  }[];
};

function rowOf(one: FileResource, validator: Validator, profiles: readonly string[]): Row {
  const { file } = one;
  const { issues, unchecked, resourceType, id } =
    'issue' in one
      ? { issues: [one.issue], unchecked: [], resourceType: null, id: null }
      : { ...validator.validate(one.value, { profiles }), ...namesOf(one.value) };
  return {
    file,
    ...(one.line === undefined ? {} : { line: one.line }),
    resourceType,
    id,
    valid: !isBlocking(issues),
    issues: [...issues, ...unchecked].map(shown),
  };
}

function namesOf(value: unknown) {
  const { resourceType, id } = (value ?? {}) as { resourceType?: unknown; id?: unknown };
  return {
    resourceType: typeof resourceType === 'string' ? resourceType : null,
    id: typeof id === 'string' ? id : null,
  };
}

const shown = ({ severity, code, path, diagnostics }: Issue) => ({
  severity,
  code,
  expression: path ?? '',
  diagnostics,
});

function print({ file, line, resourceType, id, valid, issues }: Row, out: Output): void {
  const where = line === undefined ? file : `${file}:${line}`;
  out.line(`${where} ${resourceType ?? '?'}/${id ?? '?'} ${valid ? 'valid' : 'invalid'}`);
  for (const { expression, ...issue } of issues)
    out.line(`    ${issueText({ ...(issue as Issue), path: expression })}`);
}
