import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { exitCodes, PlexusError, reasonOf } from '../../../engine/index.ts';
import type { StructureDefinition } from '../../fhir/index.ts';
import type { Questionnaire } from '../questionnaires/index.ts';
import type { CodeSystem, ValueSet } from '../terms/index.ts';

type Versioned = { readonly version?: string };

/** What a FHIR package brings to a validator (https://hl7.org/fhir/packages.html). */
export type FhirPackage = {
  readonly name: string;
  readonly version: string;
  readonly fhirVersions: readonly string[];
  /** Packages that it builds on, with the version. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly structures: readonly StructureDefinition[];
  readonly valueSets: readonly (ValueSet & Versioned)[];
  readonly codeSystems: readonly (CodeSystem & Versioned)[];
  /** Absent where there is none, and in what was kept before they were read. */
  readonly questionnaires?: readonly Questionnaire[];
};

/** No package of HL7 comes near; a bomb must not fill the memory. */
const unpackedBytesMax = 1024 * 1024 * 1024;

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const packageName = /^[A-Za-z0-9][A-Za-z0-9.-]{0,127}$/;
const packageVersion = /^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}$/;

/**
 * Reads a package (`.tgz`): the definitions in its `package` folder. Examples and pages are left in
 * it. Throws PlexusError `package-unreadable` for what is none.
 */
export async function readPackage(bytes: Uint8Array): Promise<FhirPackage> {
  const files = await unpack(bytes);
  const manifest = files.get('package/package.json');
  if (manifest === undefined) throw unreadable('it has no package/package.json');
  const { name, version, fhirVersions, dependencies } = manifest;
  if (typeof name !== 'string' || typeof version !== 'string')
    throw unreadable('its package.json has no name or no version');
  // Both name a file of the data folder.
  if (!packageName.test(name) || !packageVersion.test(version))
    throw unreadable('its package.json has a name or a version that no FHIR package has');
  const all = [...files.values()];
  const questionnaires = all.filter(isQuestionnaire);
  const of = <T>(type: string): T[] =>
    all.filter(({ resourceType, url }) => resourceType === type && typeof url === 'string') as T[];
  return {
    name,
    version,
    fhirVersions: Array.isArray(fhirVersions) ? fhirVersions.map(String) : [],
    dependencies: isJson(dependencies) ? (dependencies as Readonly<Record<string, string>>) : {},
    structures: of('StructureDefinition'),
    valueSets: of('ValueSet'),
    codeSystems: of('CodeSystem'),
    ...(questionnaires.length === 0 ? {} : { questionnaires }),
  };
}

const isQuestionnaire = ({ resourceType, url }: Json): boolean =>
  resourceType === 'Questionnaire' && typeof url === 'string';

/** The JSON files directly in `package/`. */
async function unpack(bytes: Uint8Array): Promise<ReadonlyMap<string, Json>> {
  try {
    const tar = gunzipSync(bytes, { maxOutputLength: unpackedBytesMax });
    const entries = await unpackTar(tar, {
      filter: ({ name }) => /^(?:\.\/)?package\/[^/]+\.json$/.test(name),
    });
    return new Map(
      entries.flatMap(({ header, data }) => {
        if (data === undefined) return [];
        const value: unknown = JSON.parse(new TextDecoder().decode(data));
        return isJson(value) ? [[header.name.replace(/^\.\//, ''), value] as const] : [];
      }),
    );
  } catch (cause) {
    throw unreadable(reasonOf(cause), cause);
  }
}

const unreadable = (why: string, cause?: unknown): PlexusError =>
  new PlexusError('package-unreadable', `this is no FHIR package: ${why}`, {
    exit: exitCodes.config,
    cause,
  });
