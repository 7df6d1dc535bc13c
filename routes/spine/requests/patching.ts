import { createRequire } from 'node:module';
import { type Issue, isTooDeep } from '../../../engine/index.ts';
import {
  applyPatch,
  type Contribution,
  type Patch,
  parseFaithfully,
} from '../../../transforms/fhir/index.ts';
import { render } from '../fold/index.ts';
import type { State } from '../resource-cache.ts';

type Json = Record<string, unknown>;
type Paths = typeof import('../../../transforms/fhirpath/index.ts');
type Identity = typeof import('../../../transforms/identity/index.ts');

// Patches are rare, and both weigh something: they are loaded by the first that needs them.
const require = createRequire(import.meta.url);
const paths = () => require('../../../transforms/fhirpath/index.ts') as Paths;
const identity = () => require('../../../transforms/identity/index.ts') as Identity;

/** What the patch changes, element by element, so that what others say of the rest stands. */
export function patchedBy(
  asked: Patch,
  state: State,
  contribution: Contribution,
): Contribution | Issue {
  const { type, id } = state;
  const text = render(state, state.text);
  const before = parseFaithfully(text) as Json;
  const { resource: after, refused } = patched(text, asked);
  if (refused !== undefined) return refused;
  if (type === 'Patient' && !identity().isSamePatient(before, after))
    return refusal('fhir-patch-patient', whoIsSeenWhole);
  const names = Object.keys(after);
  if (names.some((name) => !/^_?[a-z][A-Za-z0-9]*$/.test(name) || after[name] === null))
    return refusal('fhir-patch-failed', 'what the patch makes of the resource is no resource');
  const set: Json = {};
  for (const name of names)
    if (JSON.stringify(after[name]) !== JSON.stringify(before[name])) set[name] = after[name];
  const remove = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return { ...contribution, type, id, set, remove };
}

type Patched =
  | { readonly resource: Json; readonly refused?: never }
  | { readonly resource?: never; readonly refused: Issue };

/** The text of an issue of FHIRPath names places of the patch, and nothing of the resource. */
function patched(text: string, asked: Patch): Patched {
  const failed = (diagnostics: string) => ({ refused: refusal('fhir-patch-failed', diagnostics) });
  const before = parseFaithfully(text) as Json;
  if (asked.language === 'json') {
    const resource = applyPatch(before, asked.operations);
    return resource ? { resource } : failed('an operation of the patch does not fit the resource');
  }
  const fixed = ({ id, meta, resourceType }: Json) => JSON.stringify([id, meta, resourceType]);
  const resource = parseFaithfully(text) as Json;
  const wrong = paths().applyPathPatch(resource, asked.operations);
  if (wrong !== undefined) return failed(wrong.diagnostics);
  if (isTooDeep(resource)) return failed('what the patch makes of the resource is too deep');
  if (fixed(resource) === fixed(before)) return { resource };
  return failed('a patch cannot change `id`, `meta` or `resourceType`');
}

const whoIsSeenWhole =
  'the patch changes by what a patient is known (names, numbers, birth date, sex, address, ' +
  'telecom, links): such a Patient is sent whole, so that identity sees all of it';

export const refusal = (code: string, diagnostics: string): Issue => ({
  severity: 'error',
  code,
  diagnostics,
});
