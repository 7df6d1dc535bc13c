import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Concept, Designation, Json, Property, ResourceType } from '../knowledge.ts';
import type { EdgeKind } from './export.ts';
import { isRetired, propertyParts } from './properties.ts';

/** A row of a concept map as it is written; `part` counts the groups of the resource. */
export type MappingRow = {
  readonly part: number;
  readonly code: string;
  readonly display?: string | undefined;
  readonly targetCode?: string | undefined;
  readonly targetDisplay?: string | undefined;
  /** Neither this nor an equivalence: the source stands there, and nobody said what it is. */
  readonly relationship?: string | undefined;
  /** The R4 word, where the source is written in R4. */
  readonly equivalence?: string | undefined;
  readonly comment?: string | undefined;
  readonly detail?: Json | undefined;
};

export type MemberRow = {
  readonly system: string;
  readonly version?: string | undefined;
  readonly code: string;
  readonly display?: string | undefined;
  readonly detail?: Json | undefined;
};

/** What a source says of the release as a whole; known when it is read to its end. */
export type Heading = {
  readonly url: string;
  readonly version: string;
  /** The resource without what stands in rows. */
  readonly resource: Json;
};

export type MentionRole = 'source' | 'target' | 'system' | 'supplements' | 'valueSet';

/** A release while it is written: seen by nobody, and gone without a trace when refused. */
export type Staging = {
  readonly id: number;
  readonly kind: ResourceType;
  /** The number of a new concept; undefined when its code stands there already. */
  addConcept(concept: Concept, line: number): number | undefined;
  /** The number of a concept by its exact code. */
  concept(code: string): number | undefined;
  setDisplay(concept: number, display: string): void;
  /** Only where the concept has none yet. */
  offerDisplay(concept: number, display: string): void;
  setDefinition(concept: number, definition: string): void;
  setRetired(concept: number): void;
  addProperty(concept: number, property: Property): void;
  addDesignation(concept: number, designation: Designation): void;
  /** False when the edge stands there already. */
  addEdge(child: number, parent: number, kind: EdgeKind): boolean;
  addMapping(row: MappingRow, line: number): void;
  addMember(row: MemberRow): void;
  mention(role: MentionRole, url: string): void;
  /** The values of one property, of all concepts. */
  propertyValues(code: string): readonly { readonly ord: number; readonly value: string }[];
  /** Concepts and rows so far. */
  readonly count: number;
  /** The line of the source that a concept or row stands in, 1-based; 0 when it has none. */
  line(ord: number): number;
};

const json = (value: Json | undefined): string | null =>
  value === undefined || Object.keys(value).length === 0 ? null : JSON.stringify(value);

/** Begins a release. Its rows are written as they come: the owner keeps transactions short. */
export function stageRelease(
  db: DatabaseHandle,
  from: {
    readonly kind: ResourceType;
    readonly importId: number;
    readonly source: string;
    readonly nowUs: number;
  },
): Staging {
  const { kind, importId, source, nowUs } = from;
  const made = db
    .prepare(
      `INSERT INTO release(kind, url, version, state, resource, source, import, imported_us)
       VALUES (?, '', '', 'importing', '{}', ?, ?, ?)`,
    )
    .run(kind, source, importId, nowUs);
  const id = Number(made.lastInsertRowid);
  const write = statements(db);
  const lines = lineList();
  let count = 0;
  let n = 0;
  const staging: Staging = {
    id,
    kind,
    get count() {
      return count;
    },
    line: lines.at,
    concept: (code) => write.find.get(id, code, code) as number | undefined,
    addConcept(concept, line) {
      const { code, display, definition, designations, properties, extension } = concept;
      const retired = isRetired(properties) ? 1 : 0;
      const detail = extension === undefined ? null : JSON.stringify({ extension });
      const row = [id, count, code, display ?? null, definition ?? null, retired, detail];
      if (write.concept.run(row).changes === 0) return undefined;
      const ord = count;
      count += 1;
      lines.push(line);
      for (const property of properties) staging.addProperty(ord, property);
      for (const designation of designations) staging.addDesignation(ord, designation);
      return ord;
    },
    setDisplay: (ord, display) => void write.display.run(display, id, ord),
    offerDisplay: (ord, display) => void write.offer.run(display, id, ord),
    setDefinition: (ord, definition) => void write.definition.run(definition, id, ord),
    setRetired: (ord) => void write.retired.run(id, ord),
    addProperty(ord, property) {
      const { type, value, detail } = propertyParts(property);
      write.property.run([id, ord, n++, property.code, type, value, detail]);
    },
    addDesignation(ord, { language, value, ...rest }) {
      write.designation.run([id, ord, n++, language ?? null, value, json(rest)]);
    },
    addEdge: (child, parent, kind) => write.edge.run([id, child, parent, kind]).changes > 0,
    addMapping(row, line) {
      const { part, code, targetCode, relationship, equivalence, comment } = row;
      const texts = [row.targetDisplay, relationship, equivalence, comment];
      const cells = [code, row.display, targetCode, ...texts].map((text) => text ?? null);
      write.mapping.run([id, count, part, ...cells, json(row.detail)]);
      count += 1;
      lines.push(line);
    },
    addMember({ system, version, code, display, detail }) {
      write.member.run([id, count, system, version ?? null, code, display ?? null, json(detail)]);
      count += 1;
    },
    mention: (role, url) => void write.mention.run([id, role, url]),
    propertyValues: (code) =>
      write.values.all(id, code) as { readonly ord: number; readonly value: string }[],
  };
  return staging;
}

const statements = (db: DatabaseHandle) => ({
  find: db
    .prepare(`SELECT ord FROM concept INDEXED BY concept_code
       WHERE release = ? AND code = ? COLLATE NOCASE AND code = ?`)
    .pluck(),
  concept: db.prepare('INSERT OR IGNORE INTO concept VALUES (?, ?, ?, ?, ?, ?, ?)'),
  display: db.prepare('UPDATE concept SET display = ? WHERE release = ? AND ord = ?'),
  offer: db.prepare(
    'UPDATE concept SET display = ? WHERE release = ? AND ord = ? AND display IS NULL',
  ),
  definition: db.prepare('UPDATE concept SET definition = ? WHERE release = ? AND ord = ?'),
  retired: db.prepare('UPDATE concept SET retired = 1 WHERE release = ? AND ord = ?'),
  property: db.prepare('INSERT INTO property VALUES (?, ?, ?, ?, ?, ?, ?)'),
  designation: db.prepare('INSERT INTO designation VALUES (?, ?, ?, ?, ?, ?)'),
  edge: db.prepare('INSERT OR IGNORE INTO edge VALUES (?, ?, ?, ?)'),
  mapping: db.prepare('INSERT INTO mapping VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
  member: db.prepare('INSERT INTO member VALUES (?, ?, ?, ?, ?, ?, ?)'),
  values: db.prepare(
    'SELECT ord, value FROM property WHERE release = ? AND code = ? ORDER BY value',
  ),
  mention: db.prepare('INSERT OR IGNORE INTO mention VALUES (?, ?, ?)'),
});

/** Four bytes a row, so that a refusal may name both lines of a million. */
function lineList() {
  let lines = new Int32Array(1024);
  let end = 0;
  return {
    push(line: number): void {
      if (end === lines.length) {
        const wider = new Int32Array(end * 2);
        wider.set(lines);
        lines = wider;
      }
      lines[end] = line;
      end += 1;
    },
    at: (ord: number): number => (ord < end ? lines[ord]! : 0),
  };
}
