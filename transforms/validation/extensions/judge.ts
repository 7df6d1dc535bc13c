import type { Issue } from '../../../engine/index.ts';
import type { Registered } from './registry.ts';

type Node = Readonly<Record<string, unknown>>;

/**
 * Extensions of a resource that nobody registered, that stand where they may not, or whose value is
 * of another type. `Issue.path` is the url, so that the quarantine groups by it: one decision for
 * all messages of a sender. Parts of a complex extension, whose urls are relative, belong to it.
 */
export function judgeExtensions(
  resource: Node,
  registered: ReadonlyMap<string, Registered>,
): readonly Issue[] {
  const issues: Issue[] = [];
  walk(resource, { path: String(resource.resourceType), issues, registered });
  return issues;
}

type Walk = {
  /** FHIR path of the element, without indexes. */
  readonly path: string;
  readonly issues: Issue[];
  readonly registered: ReadonlyMap<string, Registered>;
};

function walk(node: Node, at: Walk): void {
  for (const name in node) {
    const value = node[name];
    if (typeof value !== 'object' || value === null) continue;
    const isExtension = name === 'extension' || name === 'modifierExtension';
    // What a primitive carries beside its value stands under `_name`.
    const path = isExtension ? at.path : `${at.path}.${name[0] === '_' ? name.slice(1) : name}`;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item !== 'object' || item === null) continue;
      if (isExtension) judge(item as Node, at);
      const inner = (item as Node).resourceType;
      const next = typeof inner === 'string' ? inner : isExtension ? `${path}.extension` : path;
      walk(item as Node, { ...at, path: next });
    }
  }
}

function judge(extension: Node, { path, issues, registered }: Walk): void {
  const { url } = extension;
  if (typeof url !== 'string' || !url.includes(':')) return;
  const [bare = url] = url.split('|');
  const found = registered.get(bare);
  const say = (code: string, diagnostics: string) =>
    issues.push({ severity: 'error', code, path: bare, diagnostics });
  if (found === undefined) {
    say(
      'extension-unregistered',
      `${path} carries an extension that nobody registered. If it is wanted, add it to ` +
        'extensions/*.yaml, have that reviewed, and replay this.',
    );
    return;
  }
  if (!found.context.some((context) => allows(context, path)))
    say('extension-misplaced', `it is registered for ${found.context.join(', ')}, not for ${path}`);
  const type = typeOf(extension);
  if (type !== undefined && !found.type.some((one) => one.toLowerCase() === type.toLowerCase()))
    say('extension-type', `it is registered with the type ${found.type.join(' or ')}, not ${type}`);
}

/** Types of a path cannot be told here: a context that names a data type is taken as allowing. */
function allows(context: string, path: string): boolean {
  if (context === 'Element' || context === path) return true;
  if (context === 'Resource' || context === 'DomainResource') return !path.includes('.');
  return !context.includes('.') && path.includes('.') && isDataType(context);
}

const dataTypes: ReadonlySet<string> = new Set(
  (
    'Address Age Annotation Attachment BackboneElement CodeableConcept Coding ContactDetail ' +
    'ContactPoint Contributor Count DataRequirement Distance Dosage Duration Expression ' +
    'Extension HumanName Identifier Meta Money Narrative Period Quantity Range Ratio Reference ' +
    'RelatedArtifact SampledData Signature Timing TriggerDefinition UsageContext'
  ).split(' '),
);
const isDataType = (name: string): boolean => dataTypes.has(name);

/** `complex` for one of extensions; undefined for one without either, which structure refuses. */
function typeOf(extension: Node): string | undefined {
  for (const name in extension) {
    const member = name[0] === '_' ? name.slice(1) : name;
    if (member.startsWith('value') && member.length > 5) return member.slice(5);
  }
  return Array.isArray(extension.extension) ? 'complex' : undefined;
}
