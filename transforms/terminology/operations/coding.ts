import type { Json } from '../knowledge.ts';
import { textOf } from './json.ts';

/** A code to be validated, and where the question has it. */
export type Coding = {
  readonly system: string | undefined;
  readonly version: string | undefined;
  readonly code: string;
  readonly display: string | undefined;
  /** FHIRPath of the whole coding; '' when its parts are parameters of their own. */
  readonly path: string;
};

export function codingOf(json: Json, path: string): Coding {
  const { system, version, code, display } = json;
  return {
    system: textOf(system) || undefined,
    version: textOf(version) || undefined,
    code: textOf(code) ?? '',
    display: textOf(display) || undefined,
    path,
  };
}

/** FHIRPath of a part of a coding. */
export const placeOf = ({ path }: Coding, part: 'system' | 'version' | 'code' | 'display') =>
  path === '' ? part : `${path}.${part}`;

/** FHIRPath of a coding as a whole. */
export const wholeOf = ({ path }: Coding) => (path === '' ? 'code' : path);

/** `system|version#code ('display')`, as sentences call a coding. */
export function nameOf({ system = '', version, code, display }: Coding): string {
  const shown = display === undefined ? '' : ` ('${display}')`;
  return `${system}${version === undefined ? '' : `|${version}`}#${code}${shown}`;
}
