import type { RuleCondition } from '../ids/index.ts';
import { type Cell, type Field, type ReadPath, readField } from '../reading/index.ts';
import type { Run } from './rule.ts';

/**
 * A field of all segments of that name below `index` as one field, such as the lines of a document
 * that come an OBX each. A segment in which the field is empty is an empty line. `under`: segments
 * whose own ones are meant, several with blanks between them; else those of `index`. Undefined when
 * none of them has a value.
 */
export function gather(
  run: Run,
  index: number,
  path: ReadPath,
  when: RuleCondition | undefined,
  under: unknown,
): Field | undefined {
  const cells: Cell[] = [];
  let found = false;
  for (const at of segmentsOf(run, index, path.segment, under)) {
    if (when !== undefined && !when(run, at)) continue;
    const field = readField(run.reader, at, path);
    if (field.state === 'value') {
      found = true;
      cells.push(...field.cells);
    } else cells.push({ parts: [''], path: path.name, field: path.name, index: at });
  }
  return found ? { state: 'value', cells } : undefined;
}

function segmentsOf(run: Run, index: number, name: string, under: unknown): readonly number[] {
  const { scope } = run;
  if (typeof under !== 'string') return scope.below(index, name);
  return under
    .split(' ')
    .flatMap((owner) => scope.below(index, owner).flatMap((at) => scope.below(at, name)));
}
