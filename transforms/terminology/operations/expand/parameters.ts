import type { Json } from '../../knowledge.ts';
import { canonical } from '../json.ts';
import type { Languages } from '../languages.ts';
import type { Question } from '../question.ts';
import {
  cautionsOf,
  isVersionless,
  type Part,
  type Prepared,
  type Used,
} from '../value-set/index.ts';

/** `expansion.parameter`: what was asked and heeded, and what the answer rests on. */
export function expansionParameters(
  question: Question,
  prepared: Prepared,
  used: Used,
  languages: Languages | undefined,
): readonly Json[] {
  const { asked } = question;
  const flags = ['activeOnly', 'excludeNested', 'includeDesignations', 'includeDefinition'];
  const wholes = ['count', 'offset'];
  return [
    ...flags.flatMap((name) => {
      const valueBoolean = asked.flag(name);
      return valueBoolean === undefined ? [] : [{ name, valueBoolean }];
    }),
    ...wholes.flatMap((name) => {
      const valueInteger = asked.whole(name);
      return valueInteger === undefined ? [] : [{ name, valueInteger }];
    }),
    ...['filter', 'designation'].flatMap((name) =>
      asked.texts(name).map((valueString) => ({ name, valueString })),
    ),
    ...(languages === undefined ? [] : [{ name: 'displayLanguage', valueCode: languages.text }]),
    ...versionRules(question, prepared),
    ...(isMerged(prepared) ? [{ name: 'versionsMatch', valueBoolean: true }] : []),
    ...uses('used-codesystem', used.codeSystems.keys()),
    ...uses('used-valueset', used.valueSets.keys()),
    ...uses('used-supplement', used.supplements.keys()),
    ...uses(
      'used-fragment',
      [...used.codeSystems].filter(([, one]) => one.content === 'fragment').map(([text]) => text),
    ),
    ...cautionsOf(prepared, used).map(({ caution, release }) => ({
      name: `warning-${caution}`,
      valueUri: release,
    })),
  ];
}

const uses = (name: string, releases: Iterable<string>): readonly Json[] =>
  [...releases].map((valueUri) => ({ name, valueUri }));

const isMerged = (prepared: Prepared) =>
  prepared.parameters.get('versionsMatch') === 'true' ||
  prepared.excludes.some((one) => one.view !== undefined && isVersionless(prepared, one));

/** The version rules that made a difference. */
function versionRules({ rules }: Question, prepared: Prepared): readonly Json[] {
  const parts = partsOf(prepared);
  const ruled = new Set(
    parts.filter(({ opened }) => opened?.isRuled).map(({ opened }) => opened?.url ?? ''),
  );
  const checked = new Set(parts.map(({ opened }) => opened?.url ?? ''));
  const of = (name: string, map: ReadonlyMap<string, string>, urls: ReadonlySet<string>) =>
    [...map]
      .filter(([url]) => urls.has(url))
      .map(([url, version]) => ({ name, valueUri: canonical(url, version) }));
  const named = new Set(parts.flatMap(({ component }) => component.valueSets));
  return [
    ...of('force-system-version', rules.forced, checked),
    ...of('system-version', rules.preferred, ruled),
    ...of('check-system-version', rules.required, ruled),
    ...of('default-valueset-version', rules.valueSets, named),
  ];
}

const partsOf = ({ includes, excludes }: Prepared): readonly Part[] =>
  [...includes, ...excludes].flatMap((one) => [one, ...one.imports.flatMap(partsOf)]);
