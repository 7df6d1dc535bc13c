import type { Json } from '../../knowledge.ts';
import { relationshipOf } from '../../relationships.ts';
import type { MappingRow, Staging } from '../../store/index.ts';
import type { ImportContext } from '../context.ts';
import type { Input } from '../input.ts';

export type TextMapping = {
  readonly source: string;
  readonly target: string;
} & Omit<MappingRow, 'part' | 'relationship'>;

/** Writes a concept map whose rows name their code systems one by one, with R4's words. */
export function mapWriter(input: Input, context: ImportContext) {
  const staging: Staging = context.begin('ConceptMap', input);
  const parts = new Map<string, { readonly at: number; readonly group: Json }>();
  return {
    add({ source, target, ...row }: TextMapping, line: number): void {
      const key = `${source}\u001f${target}`;
      let part = parts.get(key);
      if (part === undefined) {
        const ends = {
          ...(source === '' ? {} : { source }),
          ...(target === '' ? {} : { target }),
        };
        part = { at: parts.size, group: ends };
        parts.set(key, part);
      }
      const relationship = relationshipOf[row.equivalence ?? ''];
      staging.addMapping({ ...row, part: part.at, relationship }, line);
    },
    end(url: string, version: string, heading: Json, isHistoric = false): void {
      // Some of another publisher's tables name targets alone.
      if (staging.count === 0 && !isHistoric)
        context.findings.error(input.name, 1, 'release-empty', 'this file holds no rows');
      const group = [...parts.values()].map(({ group: each }) => each);
      for (const { source = '', target = '' } of group) {
        staging.mention('source', String(source));
        staging.mention('target', String(target));
      }
      const resource = {
        ...{ resourceType: 'ConceptMap', url, version, status: 'active', ...heading },
        ...{ group },
      };
      const place = { file: input.name, line: 1, isHistoric };
      context.end({ staging, heading: { url, version, resource }, ...place });
    },
  };
}
