import { type Coding, placeOf, wholeOf } from '../coding.ts';
import { standardsStatusUrl } from '../concept-view.ts';
import { issue, type TxIssue } from '../issue.ts';
import { canonical, valueIn } from '../json.ts';
import type { Hit, Prepared } from '../value-set/index.ts';

/** What a code system says of the use of its concept. */
export function conceptIssues(coding: Coding, { concept, view }: Hit): readonly TxIssue[] {
  const { system } = view;
  const comment = { severity: 'warning', type: 'business-rule', tx: 'code-comment' } as const;
  const issues: TxIssue[] = [];
  if (concept.code !== coding.code)
    issues.push(
      issue(
        {
          ...({ severity: 'information', type: 'business-rule', tx: 'code-rule' } as const),
          ...{ at: placeOf(coding, 'code'), isTold: false },
        },
        'CODE_CASE_DIFFERENCE',
        ...([coding.code, concept.code, canonical(system.url, system.version)] as const),
      ),
    );
  if (concept.isInactive) {
    const { status = 'inactive' } = concept;
    const said = status === 'inactive' ? status : `${status} and inactive`;
    const place = { ...comment, at: wholeOf(coding) };
    issues.push(issue(place, 'INACTIVE_CONCEPT_FOUND', concept.code, said));
  } else if (concept.isDeprecated)
    issues.push(
      issue({ ...comment, at: placeOf(coding, 'code') }, 'DEPRECATED_CONCEPT_FOUND', concept.code),
    );
  return issues;
}

const deprecatedUrl = 'http://hl7.org/fhir/StructureDefinition/valueset-deprecated';

/** What the value set says of a code that it lists. */
export function listingIssues({ name }: Prepared, coding: Coding, { listed, view }: Hit) {
  const found = (url: string) =>
    valueIn(listed?.extensions.find((one) => one.url === url))?.toString();
  const standards = found(standardsStatusUrl);
  const isStated = standards === 'deprecated' || standards === 'withdrawn';
  const status = found(deprecatedUrl) === 'true' ? 'deprecated' : isStated ? standards : undefined;
  if (status === undefined) return [];
  return [
    issue(
      {
        ...({ severity: 'warning', type: 'business-rule', tx: 'code-comment' } as const),
        ...{ at: placeOf(coding, 'code'), isTold: false },
      },
      'CONCEPT_DEPRECATED_IN_VALUESET',
      ...([coding.code, view.system.url, status, name] as const),
    ),
  ];
}
