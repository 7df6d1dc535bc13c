import type { LoadedMapping } from '../load.ts';
import { type CompiledRender, compileRender } from './compile.ts';

const compiled = new WeakMap<LoadedMapping, CompiledRender>();

/** Compiles what a mapping renders, once. Throws when it was loaded with mistakes. */
export function renderOf(loaded: LoadedMapping): CompiledRender {
  const known = compiled.get(loaded);
  if (known) return known;
  if (!loaded.merged) throw new Error(`mapping ${loaded.name} has mistakes`);
  const made = compileRender(loaded.merged);
  compiled.set(loaded, made);
  return made;
}
