import type { ConceptMap, Json, Mapping, Relationship } from '../knowledge.ts';
import { relationshipOf } from '../relationships.ts';

/** A concept map from its JSON, R4 or R5, held in memory. */
export function memoryConceptMap(json: Json): ConceptMap {
  const groups = listOf(json.group);
  const rows = groups.flatMap(rowsOf);
  const bySource = new Map<string, Mapping[]>();
  const byTarget = new Map<string, Mapping[]>();
  for (const row of rows) {
    put(bySource, keyOf(row.source.system, row.code), row);
    if (row.targetCode !== undefined) put(byTarget, keyOf(row.target.system, row.targetCode), row);
  }
  return {
    url: textOf(json.url) ?? '',
    version: textOf(json.version) ?? '',
    resource: { ...json, group: groups.map(({ element: _, ...group }) => group) },
    from: (system, code) => bySource.get(keyOf(system, code)) ?? [],
    to: (system, code) => byTarget.get(keyOf(system, code)) ?? [],
    rows: () => rows,
  };
}

function rowsOf(group: Json): readonly Mapping[] {
  const source = systemOf(group.source, group.sourceVersion);
  const target = systemOf(group.target, group.targetVersion);
  return listOf(group.element).flatMap((element): readonly Mapping[] => {
    const code = textOf(element.code);
    if (code === undefined) return [];
    const sourceDisplay = textOf(element.display);
    const common = { source, target, code, ...defined({ sourceDisplay }) };
    const targets = listOf(element.target);
    const isOpen = element.noMap === true ? {} : { isOpen: true as const };
    const none: Mapping = { ...common, relationship: 'not-related-to', ...isOpen };
    return targets.length === 0 ? [none] : targets.map((one) => ({ ...common, ...targetOf(one) }));
  });
}

function targetOf(json: Json): Pick<Mapping, 'relationship'> {
  const equivalence = textOf(json.equivalence);
  const written = textOf(json.relationship) as Relationship | undefined;
  return {
    ...defined({
      targetCode: textOf(json.code),
      targetDisplay: textOf(json.display),
      comment: textOf(json.comment),
      equivalence,
      dependsOn: json.dependsOn,
      product: json.product,
    }),
    relationship: written ?? relationshipOf[equivalence ?? ''] ?? 'related-to',
  };
}

/** R5 writes `url|version` where R4 has two elements. */
function systemOf(system: unknown, version: unknown): { system: string; version?: string } {
  const [url = '', inUrl] = (textOf(system) ?? '').split('|');
  const said = textOf(version) ?? inUrl;
  return { system: url, ...(said === undefined ? {} : { version: said }) };
}

const keyOf = (system: string, code: string) => `${system}\u001f${code}`;

function put(index: Map<string, Mapping[]>, key: string, row: Mapping): void {
  const rows = index.get(key);
  if (rows === undefined) index.set(key, [row]);
  else rows.push(row);
}

/** A map may come with a question, and hold anything. */
const listOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const defined = (value: Json): object =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
