import type { Concept, Json, ResourceType } from '../../knowledge.ts';
import { relationshipOf } from '../../relationships.ts';
import { edgeKinds, hierarchyProperties, inOrder, type Staging } from '../../store/index.ts';
import type { ImportContext, Staged } from '../context.ts';
import type { Input } from '../input.ts';
import { membersOf } from './set-members.ts';
import { listOf, textOf } from './shape.ts';
import { faultOfConcept, faultsOf } from './soundness.ts';

/** Finds the line of a code in what was read. */
export type Locate = (code: string) => number;

export const isTerminology = (type: unknown): type is ResourceType =>
  type === 'CodeSystem' || type === 'ValueSet' || type === 'ConceptMap';

/**
 * The line in which a code stands in a text that begins in `line`. Codes are asked for in the
 * order in which they stand there, so that nothing is searched twice.
 */
export function locateIn(text: string, line: number): Locate {
  let found = line;
  let end = text.indexOf('\n');
  let from = end < 0 ? -1 : 0;
  return (code) => {
    if (from < 0) return found;
    from = text.indexOf(JSON.stringify(code), from);
    for (; end >= 0 && end < from; end = text.indexOf('\n', end + 1)) found += 1;
    return found;
  };
}

/** Writes a concept with all that is nested in it. */
export function addConcept(
  json: Json,
  parent: number | undefined,
  at: { readonly context: ImportContext; readonly staging: Staging; readonly input: Input },
  locate: Locate,
): void {
  const { context, staging, input } = at;
  const code = textOf(json.code) ?? '';
  const line = locate(code);
  if (code === '') {
    context.findings.error(input.name, line, 'code-missing', 'a concept without a code');
    return;
  }
  const concept = conceptOf(json, code);
  const fault = faultOfConcept(concept);
  if (fault !== undefined) {
    context.findings.error(input.name, line, fault.code, fault.message);
    return;
  }
  const ord = staging.addConcept(concept, line);
  if (ord === undefined) {
    const first = staging.line(staging.concept(code) ?? -1);
    const message = `the code ${code} stands in line ${first} already`;
    context.findings.error(input.name, line, 'code-duplicate', message);
    return;
  }
  if (parent !== undefined) staging.addEdge(ord, parent, edgeKinds.nested);
  for (const child of listOf(json.concept)) addConcept(child, ord, at, locate);
}

function conceptOf(json: Json, code: string): Concept {
  const display = textOf(json.display);
  const definition = textOf(json.definition);
  return {
    code,
    ...(display === undefined ? {} : { display }),
    ...(definition === undefined ? {} : { definition }),
    designations: listOf(json.designation).map(inOrder) as unknown as Concept['designations'],
    properties: listOf(json.property).map(inOrder) as unknown as Concept['properties'],
    ...(json.extension === undefined ? {} : { extension: listOf(json.extension).map(inOrder) }),
  };
}

/** Writes an element of a concept map's group, a row a target. */
export function addElement(json: Json, part: number, staging: Staging, locate: Locate): void {
  const { code: source, display, target, ...element } = json;
  const code = textOf(source) ?? '';
  const line = locate(code);
  const common = { part, code, display: textOf(display) };
  const said = Object.keys(element).length === 0 ? {} : { element: inOrder(element) };
  const targets = listOf(target);
  if (targets.length === 0) staging.addMapping({ ...common, detail: said }, line);
  targets.forEach((one, index) => {
    const { code: targetCode, display: name, equivalence, relationship, comment, ...rest } = one;
    const more = Object.keys(rest).length === 0 ? {} : { target: inOrder(rest) };
    staging.addMapping(
      {
        ...common,
        targetCode: textOf(targetCode),
        targetDisplay: textOf(name),
        relationship: textOf(relationship) ?? relationshipOf[textOf(equivalence) ?? ''],
        equivalence: textOf(equivalence),
        comment: textOf(comment),
        detail: { ...(index === 0 ? said : {}), ...more },
      },
      line,
    );
  });
}

/** Ends a release whose rows are written, from what remains of its resource. */
export function endResource(
  rest: Json,
  staging: Staging,
  place: Pick<Staged, 'file' | 'line'>,
  context: ImportContext,
): void {
  const { findings } = context;
  const url = context.url ?? textOf(rest.url) ?? '';
  const said = context.version ?? rest.version ?? '';
  const version = textOf(said) ?? '';
  const { file, line } = place;
  if (typeof said !== 'string' || !(said === '' || isVersion(said))) {
    const message = `${JSON.stringify(said)} is no version: a text without \`|\`, and not "latest"`;
    findings.error(file, line, 'version-invalid', message);
    return;
  }
  if (/\s/.test(version)) {
    const message = `\`${version}\` has spaces: it may be asked, but no channel can pin it`;
    findings.warn(file, line, 'version-unpinnable', message);
  }
  if (url.trim() === '') {
    const message = `a ${staging.kind} without \`url\` cannot be named; pass --url`;
    findings.error(file, line, 'url-missing', message);
    return;
  }
  for (const { severity, code, message } of faultsOf(rest, url, staging)) {
    const tell = severity === 'error' ? findings.error : findings.warn;
    tell(file, line, code, message);
  }
  if (version === '') {
    const message = `${url} has no version: nobody can pin it, and it can never be corrected`;
    findings.warn(file, line, 'version-missing', message);
  }
  const resource = headingOf(rest, staging, (links) => {
    const message = `${links} parents or children that its concepts name are no concepts of ${url}`;
    findings.warn(file, line, 'parent-unknown', message);
  });
  context.end({ staging, heading: { url, version, resource }, file, line });
}

/** What may stand behind the bar of `URL|VERSION`. */
const isVersion = (text: string): boolean =>
  text.trim() === text && !text.includes('|') && text.toLowerCase() !== 'latest';

/** `lost` is told how many parents and children a complete code system names and does not have. */
function headingOf(rest: Json, staging: Staging, lost: (links: number) => void): Json {
  switch (staging.kind) {
    case 'CodeSystem': {
      const { concept: _, ...resource } = rest;
      const unknown = linkByProperty(resource, staging);
      if (unknown > 0 && resource.content === 'complete') lost(unknown);
      for (const role of ['supplements', 'valueSet'] as const) {
        const url = textOf(resource[role])?.split('|')[0];
        if (url !== undefined) staging.mention(role, url);
      }
      return resource;
    }
    case 'ConceptMap': {
      const group = listOf(rest.group).map(({ element: _, ...each }) => each);
      for (const { source, target } of group) {
        staging.mention('source', textOf(source)?.split('|')[0] ?? '');
        staging.mention('target', textOf(target)?.split('|')[0] ?? '');
      }
      return rest.group === undefined ? rest : { ...rest, group };
    }
    case 'ValueSet': {
      for (const { system } of includes(rest))
        if (typeof system === 'string') staging.mention('system', system);
      for (const member of membersOf(rest)) staging.addMember(member);
      return rest;
    }
    default:
      throw new Error(`no such kind: ${staging.kind satisfies never}`);
  }
}

function includes({ compose }: Json): readonly Json[] {
  const { include, exclude } = (compose ?? {}) as Json;
  return [...listOf(include), ...listOf(exclude)];
}

/**
 * Parents and children that are named by a property, when all concepts are there; how many of them
 * are no concepts.
 */
function linkByProperty(resource: Json, staging: Staging): number {
  let unknown = 0;
  const { parent, child } = hierarchyProperties(resource);
  for (const [names, isParent] of [
    [parent, true],
    [child, false],
  ] as const)
    for (const name of names)
      for (const { ord, value } of staging.propertyValues(name)) {
        const other = staging.concept(value);
        if (other === undefined) {
          unknown += 1;
          continue;
        }
        if (isParent) staging.addEdge(ord, other, edgeKinds.property);
        else staging.addEdge(other, ord, edgeKinds.property);
      }
  return unknown;
}
