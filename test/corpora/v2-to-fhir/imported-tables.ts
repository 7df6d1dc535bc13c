// HL7's v2-to-FHIR code tables, imported as anybody imports them, beside the rows of our own base
// mappings: which codes lead to which, on both sides.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { importFiles, type TerminologyStore } from '../../../transforms/terminology/index.ts';
import { corpora } from '../hl7v2-fhir/corpus.ts';

const folder = join(corpora, 'v2-to-fhir-ig/codesystems');
const base = join(import.meta.dirname, '../../../transforms/mapping/base');

export const importTables = (store: TerminologyStore) =>
  importFiles(store, {
    files: readdirSync(folder)
      .filter((file) => file.endsWith('.csv'))
      .sort()
      .map((file) => join(folder, file)),
    ...{ approval: { by: 'tests' }, dryRun: false, nowUs: () => Date.now() * 1_000 },
  });

/** A row of ours: a code of an HL7 table and what it becomes; '' for nothing. */
export type OwnRow = {
  readonly table: string;
  readonly hl7: string;
  readonly code: string;
  readonly target: string;
  readonly system: string | undefined;
};

type Cell = string | { readonly code?: string } | null;
type Layer = {
  readonly tables?: Readonly<
    Record<string, { readonly system?: string; readonly codes?: Readonly<Record<string, Cell>> }>
  >;
};

/** A table says in a comment after its name which table of HL7 it is for. */
export function ownRows(): readonly OwnRow[] {
  return readdirSync(base)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => {
      const text = readFileSync(join(base, file), 'utf8');
      const { tables = {} } = (parse(text) ?? {}) as Layer;
      return [...text.matchAll(/^ {2}([a-z0-9-]+): *# HL7 (?:table )?(\d{4})\b/gm)].flatMap(
        ([, name = '', number = '']) => {
          const { system, codes = {} } = tables[name] ?? {};
          return Object.entries(codes).map(([code, cell]) => ({
            ...{ table: name, hl7: number, code, system },
            target: typeof cell === 'string' ? cell : (cell?.code ?? ''),
          }));
        },
      );
    });
}

/** What HL7's tables say of each code of theirs: targets, by the system that they are of. */
export function theirRows(store: TerminologyStore): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>();
  for (const { url, version } of store.list('ConceptMap'))
    for (const row of store.knowledge.conceptMap(url, version)?.rows() ?? []) {
      if (row.targetCode === undefined) continue;
      const hl7 = /v2-(\d{4})$/.exec(row.source.system)?.[1] ?? '';
      const key = `${hl7} ${row.code}`;
      targets.set(key, [...(targets.get(key) ?? []), `${row.target.system}|${row.targetCode}`]);
    }
  return targets;
}

/** Rows of ours for which HL7 names targets, none of which is ours. */
export function differences(store: TerminologyStore) {
  const theirs = theirRows(store);
  let agreed = 0;
  const different: string[] = [];
  for (const { table, hl7, code, target, system } of ownRows()) {
    const said = theirs.get(`${hl7} ${code}`);
    if (said === undefined) continue;
    const same = said.filter((one) => system === undefined || one.startsWith(`${system}|`));
    if (same.length === 0) continue;
    const isSame = same.some((one) => one.slice(one.lastIndexOf('|') + 1) === target);
    if (isSame) agreed += 1;
    else {
      const codes = [...new Set(same.map((one) => one.slice(one.lastIndexOf('|') + 1)))];
      different.push(`${table} ${hl7} ${code}: ${target || '-'}, HL7 ${codes.sort().join(' ')}`);
    }
  }
  return { agreed, different };
}
