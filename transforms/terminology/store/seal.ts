import { createHash } from 'node:crypto';
import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Json } from '../knowledge.ts';
import { contentTables } from './schema.ts';

/** What of a resource says what its codes mean; a changed telephone number is no correction. */
const meaningful: ReadonlySet<string> = new Set([
  ...['caseSensitive', 'valueSet', 'hierarchyMeaning', 'compositional', 'versionNeeded'],
  ...['content', 'supplements', 'filter', 'property', 'compose', 'group', 'unmapped'],
  ...['sourceUri', 'sourceCanonical', 'targetUri', 'targetCanonical'],
  ...['sourceScopeUri', 'sourceScopeCanonical', 'targetScopeUri', 'targetScopeCanonical'],
]);

/** JSON with its keys in order, so that two ways to write one thing have one hash. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (isKeyed(each) ? sorted(each) : each));
}

const isKeyed = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sorted = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/** The same JSON with the keys of all that is in it in order. */
export const inOrder = (json: Json): Json =>
  Object.fromEntries(Object.entries(sorted(json)).map(([key, each]) => [key, ordered(each)]));

const ordered = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(ordered) : isKeyed(value) ? inOrder(value) : value;

export function meaningOf(resource: Json): string {
  const kept = Object.entries(resource).filter(([key]) => meaningful.has(key));
  return canonicalJson(Object.fromEntries(kept));
}

/**
 * SHA-256 in hex over what a release means: all its rows in order, and the part of its resource
 * that defines it.
 */
export function hashContent(db: DatabaseHandle, release: number): string {
  const hash = createHash('sha256');
  const { resource } = db.prepare('SELECT resource FROM release WHERE id = ?').get(release) as {
    resource: string;
  };
  hash.update(`${meaningOf(JSON.parse(resource))}\n`);
  for (const [table, order] of Object.entries(contentTables)) {
    hash.update(`${table}\n`);
    for (const text of rowTexts(db, release, table, order)) hash.update(text);
  }
  return hash.digest('hex');
}

/** Rows that SQLite writes as one text: to take each of them apart here costs thrice as much. */
const rowsPerText = 1_000;

/** All rows of a table in order, each as a JSON array and a line; their release counts as 0. */
function* rowTexts(
  db: DatabaseHandle,
  release: number,
  table: string,
  order: string,
): Iterable<string> {
  const columns = db.pragma(`table_info(${table})`) as { name: string; type: string }[];
  const [first] = order.split(', ');
  const isNumbered = columns.some(({ name, type }) => name === first && type === 'INT');
  if (!isNumbered || columns.some(({ type }) => type === 'BLOB')) {
    yield* packedTexts(db, release, table, order);
    return;
  }
  const cells = columns.slice(1).map(({ name }) => name);
  const own = `FROM ${table} WHERE release = @release`;
  const start = db.prepare(`SELECT min(${first}) ${own}`).pluck();
  const next = db
    .prepare(`SELECT ${first} ${own} AND ${first} > @from ORDER BY ${first} LIMIT 1 OFFSET @rows`)
    .pluck();
  const texts = db
    .prepare(
      `SELECT group_concat(json_array(0, ${cells.join(', ')}) || char(10), '')
       FROM (SELECT * ${own} AND ${first} >= @from AND (@to IS NULL OR ${first} < @to)
         ORDER BY ${order})`,
    )
    .pluck();
  let from = start.get({ release }) as number | null | undefined;
  while (from !== null && from !== undefined) {
    const to = next.get({ release, from, rows: rowsPerText }) as number | undefined;
    yield texts.get({ release, from, to: to ?? null }) as string;
    from = to;
  }
}

/** The same of a table that has bytes in its last column, or whose rows have no numbers. */
function* packedTexts(
  db: DatabaseHandle,
  release: number,
  table: string,
  order: string,
): Iterable<string> {
  const rows = db.prepare(`SELECT * FROM ${table} WHERE release = ? ORDER BY ${order}`).raw();
  let text = '';
  for (const row of rows.iterate(release) as Iterable<unknown[]>) {
    row[0] = 0;
    const last = row.length - 1;
    if (row[last] instanceof Uint8Array) row[last] = Buffer.from(row[last]).toString('base64');
    text += `${JSON.stringify(row)}\n`;
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  yield text;
}

const sealedColumns = `r.kind, r.url, r.version, r.fhir_id, r.name, r.title, r.status, r.resource,
  r.count, r.content, l.hash, r.approved_by, r.commit_ref, r.source, r.imported_us, r.published_us`;

/** SHA-256 in hex over the release's own row: what it is, and who let it in under which licence. */
export function hashRelease(db: DatabaseHandle, release: number): string {
  const row = db
    .prepare(
      `SELECT ${sealedColumns} FROM release r LEFT JOIN licence l ON l.id = r.licence
       WHERE r.id = ?`,
    )
    .raw()
    .get(release);
  return createHash('sha256').update(JSON.stringify(row)).digest('hex');
}

export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex');

export type Damage = {
  readonly kind: string;
  readonly url: string;
  readonly version: string;
  /** Which part is not what was published. */
  readonly part: 'content' | 'heading' | 'licence' | 'unreadable';
};

export type Verification = { readonly releases: number; readonly damaged: readonly Damage[] };

type Sealed = {
  id: number;
  kind: string;
  url: string;
  version: string;
  content: string;
  hash: string;
  licence: string | null;
  licence_hash: string | null;
};

/** Reads every published release again and compares what it finds with what was sealed. */
export function verifyReleases(db: DatabaseHandle, only?: number): Verification {
  const rows = db
    .prepare(
      `SELECT r.id, r.kind, r.url, r.version, r.content, r.hash, l.text licence,
         l.hash licence_hash
       FROM release r LEFT JOIN licence l ON l.id = r.licence
       WHERE r.state IN ('active', 'retired') AND (? IS NULL OR r.id = ?) ORDER BY r.id`,
    )
    .all(only ?? null, only ?? null) as Sealed[];
  const damaged: Damage[] = [];
  for (const row of rows) {
    const { id, kind, url, version } = row;
    const part = damagedPart(db, id, row);
    if (part !== undefined) damaged.push({ kind, url, version, part });
  }
  return { releases: rows.length, damaged };
}

function damagedPart(db: DatabaseHandle, id: number, row: Sealed): Damage['part'] | undefined {
  try {
    if (hashRelease(db, id) !== row.hash) return 'heading';
    if (row.licence !== null && hashText(row.licence) !== row.licence_hash) return 'licence';
    return hashContent(db, id) === row.content ? undefined : 'content';
  } catch (error) {
    // A page that fails its authentication, or JSON that is none any more.
    const code = (error as { code?: string }).code ?? '';
    if (!code.startsWith('SQLITE_') && !(error instanceof SyntaxError)) throw error;
    return 'unreadable';
  }
}
