import { createRequire } from 'node:module';
import type { Gate, Issue, Judgement } from '../../../engine/index.ts';
import { compilePath, isPathIssue, r4Model, resourceNode } from '../../fhirpath/index.ts';
import { extensionJudge, readExtensions } from '../extensions/index.ts';
import { type Definitions, definitionsFor } from '../packages/index.ts';
import type { PinnedProfile, ValidateConfig } from '../pinned-profiles.ts';
import { firstOf, type ValueSets } from '../terms/index.ts';
import { createValidator, type Validator } from '../validator.ts';

type Terminology = typeof import('../../terminology/membership/index.ts');

/** Loaded with the first code that definitions say nothing of. */
const require = createRequire(import.meta.url);
const terminology = (): Terminology => require('../../terminology/membership/index.ts');

type Opening = { readonly configDir: string; readonly dataDir: string; readonly key: Buffer };

/** Applies a pinned profile to the resources that it is for. */
type Assigned = {
  readonly profile: string;
  readonly flags: boolean;
  applies(resource: Json): boolean;
};
type Json = Readonly<Record<string, unknown>>;

/**
 * The gate of one channel: R4, the pinned profiles, and the registry of extensions. Throws what
 * `definitionsFor` throws; a pin that is wrong was refused by `check`.
 */
export function openGate(place: Opening, { packages, profiles, invalid }: ValidateConfig): Gate {
  const definitions = definitionsFor(place, packages);
  const { registered } = readExtensions(place.configDir);
  const codes = terminologyOf(place);
  const validator: Validator = createValidator({
    definitions,
    valueSets: firstOf(definitions.valueSets, codes),
    extensions: extensionJudge(registered),
  });
  const assigned = profiles.map((pin) => assign(pin, definitions, invalid));
  return {
    stage: 'validate',
    close: codes.close,
    judge(resource, about): Judgement {
      const node = resource as Json;
      const own = assigned.filter((one) => one.applies(node));
      const held = own.filter(({ flags }) => !flags).map(({ profile }) => profile);
      const flagged = own.filter(({ flags }) => flags).map(({ profile }) => profile);
      const wanted = [...held, ...(about?.profiles ?? [])];
      const { issues, unchecked } = validator.validate(resource, { profiles: wanted });
      const strict = invalid === 'flag' ? issues.map(asWarning) : issues;
      if (flagged.length === 0) return { issues: strict, unchecked };
      const known = new Set(issues.map(nameOf));
      const more = validator.validate(resource, { profiles: [...wanted, ...flagged] });
      const remarks = more.issues.filter((issue) => !known.has(nameOf(issue))).map(asWarning);
      return { issues: [...strict, ...remarks], unchecked: more.unchecked };
    },
  };
}

/** What definitions leave open, the terminology service says. */
function terminologyOf({ dataDir, key }: Opening) {
  let membership: ReturnType<Terminology['openMembership']> | undefined;
  return {
    has(...asked: Parameters<ValueSets['has']>) {
      membership ??= terminology().openMembership({ dataDir, key: () => key });
      return membership(...asked);
    },
    close: () => membership?.close(),
  };
}

const nameOf = ({ code, path, diagnostics }: Issue): string => `${code} ${path} ${diagnostics}`;

const asWarning = (issue: Issue): Issue =>
  issue.severity === 'error' || issue.severity === 'fatal'
    ? { ...issue, severity: 'warning' }
    : issue;

function assign(
  { profile, ...pin }: PinnedProfile,
  definitions: Definitions,
  otherwise: ValidateConfig['invalid'],
): Assigned {
  const type = definitions.structure(profile)?.type;
  const when = 'when' in pin && pin.when !== undefined ? compilePath(pin.when) : undefined;
  if (type === undefined || isPathIssue(when)) throw new Error(`${profile} was not checked`);
  return {
    profile,
    flags: (('invalid' in pin && pin.invalid) || otherwise) === 'flag',
    applies: (resource) =>
      resource.resourceType === type &&
      (when === undefined || when.holds(resourceNode(r4Model(), resource)) === true),
  };
}
