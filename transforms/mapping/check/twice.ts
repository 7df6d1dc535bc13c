import type { Layer } from '../merge.ts';
import type { Report } from '../report.ts';

/** Sections of names, of which a later file of the same mapping would undo an earlier one. */
const sections = ['messages', 'tables', 'render_messages', 'render_segments'] as const;

/**
 * A mapping of several files, as the base is, says each message and each table once; only a mapping
 * that extends another one overrides it.
 */
export function checkWrittenTwice(
  layers: readonly Layer[],
  reportAt: (layer: Layer, base: readonly string[]) => Report,
): void {
  const written = new Set<string>();
  for (const layer of layers) {
    for (const section of sections) {
      const report = reportAt(layer, [section]);
      for (const name of Object.keys(layer.value[section] ?? {})) {
        const entry = `${layer.mapping}|${section}|${name}`;
        if (written.has(entry)) report('entry-twice', `another file has \`${name}\` already`, name);
        written.add(entry);
      }
    }
  }
}
