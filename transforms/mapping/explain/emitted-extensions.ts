import type { ConfigPath } from '../../../engine/index.ts';
import type { LoadedMapping } from '../load.ts';

/** An extension that a row of a mapping emits, and where the row says so. */
export type EmittedExtension = {
  readonly url: string;
  readonly file: string;
  /** Of the url, in the file. */
  readonly path: ConfigPath;
};

/**
 * The extensions that the rows of a mapping name: `with: {url}` of a conversion to an Extension,
 * and the urls of extensions that are written out in `value`. Those that a conversion itself knows
 * belong to the base. Empty for a mapping with mistakes.
 */
export function emittedExtensions({ merged }: LoadedMapping): readonly EmittedExtension[] {
  const emitted: EmittedExtension[] = [];
  for (const { row, layer, path } of merged?.rules ?? []) {
    const say = (url: unknown, at: ConfigPath) => {
      if (typeof url === 'string' && url.includes(':'))
        emitted.push({ url, file: layer.file, path: [...path, ...at] });
    };
    const isExtension = /(?:^|\.)(?:modifierE|e)xtension$/.test(row.to ?? '');
    if (isExtension) say(row.with?.url, ['with', 'url']);
    visit(row.value, ['value'], isExtension, say);
  }
  return emitted;
}

/** Tells of each `url` of an extension inside a literal. */
function visit(
  value: unknown,
  path: ConfigPath,
  isExtension: boolean,
  say: (url: unknown, at: ConfigPath) => void,
): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) visit(item, [...path, at], isExtension, say);
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    if (isExtension && name === 'url') say(inner, [...path, name]);
    visit(inner, [...path, name], /^(?:modifierE|e)xtension$/.test(name), say);
  }
}
