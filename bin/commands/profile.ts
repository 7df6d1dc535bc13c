import { exitCodes, PlexusError } from '../../engine/index.ts';
import type { FhirPackage } from '../../transforms/validation/index.ts';
import { defineCommand, type Invocation, UsageError } from '../command.ts';
import { readNamedFile } from '../fhir-files.ts';
import { renderTable } from '../table.ts';
import { verbNamed } from '../verbs.ts';

const options = {} as const;
type Call = Invocation<typeof options>;

/** One definition that channels can pin, as `profile ls` lists it. */
type Row = {
  readonly profile: string;
  readonly type: string;
  /** `profiles/` of the configuration, or the package. */
  readonly from: string;
};

const verbs: Readonly<Record<string, (call: Call, rest: readonly string[]) => Promise<number>>> = {
  import: importPackages,
  ls: list,
};

export const profile = defineCommand({
  name: 'profile',
  summary: 'FHIR packages and the profiles that channels can pin: import, list.',
  usage: 'import FILE.tgz.. | ls [TEXT]',
  details: `import  keeps FHIR packages in the data folder, several versions side by side; a version
        that is there never changes. A package for another release of FHIR is refused.
ls      the profiles of the configuration and of the packages, as channels pin them; with TEXT
        those that have it in their url or type
A channel names packages and profiles in its stage \`validate\`.`,
  options,
  async run(call) {
    const [word = 'ls', ...rest] = call.args;
    return verbNamed(verbs, word)(call, rest);
  },
});

async function importPackages(call: Call, files: readonly string[]): Promise<number> {
  if (files.length === 0) throw new UsageError('import which file? a FHIR package (.tgz)');
  const { keepPackage, packageId, readPackage } = await import(
    '../../transforms/validation/index.ts'
  );
  let refused = 0;
  for (const file of files) {
    try {
      const one = await readPackage(readNamedFile(file));
      requireR4(one);
      const outcome = keepPackage(call.dataDir, one);
      const row = { file, package: packageId(one), outcome, profiles: one.structures.length };
      if (call.json) call.out.json(row);
      else call.out.line(`${row.package}: ${row.profiles} profiles, ${outcome}`);
      tellMissing(call, one);
    } catch (cause) {
      if (!(cause instanceof PlexusError) || cause.exit === exitCodes.io) throw cause;
      refused += 1;
      const { code, message } = cause;
      if (call.json) call.out.json({ file, outcome: 'refused', code, message });
      else call.out.say(`${file}: ${message} (${code})`);
    }
  }
  return refused === 0 ? exitCodes.ok : exitCodes.findings;
}

function requireR4({ fhirVersions, name }: FhirPackage): void {
  if (fhirVersions.length === 0 || fhirVersions.some((version) => version.startsWith('4.0')))
    return;
  const message = `${name} is for FHIR ${fhirVersions.join(', ')}; Plexus validates R4 (4.0.1)`;
  throw new PlexusError('package-release', message, { exit: exitCodes.findings });
}

/** What its profiles may build on; R4 itself is always there. */
function tellMissing(call: Call, { dependencies }: FhirPackage): void {
  const needed = Object.entries(dependencies)
    .filter(([name]) => !name.startsWith('hl7.fhir.r4.') && !name.startsWith('hl7.terminology'))
    .map(([name, version]) => `${name}#${version}`);
  if (needed.length > 0)
    call.out.say(`its profiles may build on ${needed.join(', ')}: import what they use too`);
}

async function list(call: Call, words: readonly string[]): Promise<number> {
  const { keptPackage, keptPackages, packageId, readOwnProfiles } = await import(
    '../../transforms/validation/index.ts'
  );
  const rowsOf = (from: string, structures: FhirPackage['structures']): Row[] =>
    structures
      .filter(({ derivation }) => derivation === 'constraint')
      .map(({ url, version, type }) => ({ profile: `${url}|${version}`, type, from }));
  const rows = [
    ...rowsOf('profiles/', readOwnProfiles(call.configDir).structures),
    ...keptPackages(call.dataDir).flatMap((id) => {
      const one = keptPackage(call.dataDir, id);
      return rowsOf(packageId(one), one.structures);
    }),
  ].filter((row) => words.every((word) => `${row.profile} ${row.type}`.includes(word)));
  if (call.json) for (const row of rows) call.out.json(row);
  else if (rows.length === 0) call.out.say('no profile of this name is at hand');
  else call.out.line(renderTable(rows, ['profile', 'type', 'from']));
  return exitCodes.ok;
}
