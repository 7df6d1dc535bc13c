import { type ConfigIssue, nearestWord, readYaml } from '../../engine/index.ts';
import { emittedExtensions, type LoadedMapping } from '../../transforms/mapping/index.ts';
import { dueForReview, readExtensions } from '../../transforms/validation/index.ts';

/**
 * Mistakes of `extensions/*.yaml`, and rows of mappings that emit an extension which nobody
 * registered: their messages would be held. `today`: YYYY-MM-DD, for reviews that are due.
 */
export function extensionIssues(
  configDir: string,
  mappings: readonly LoadedMapping[],
  today: string,
): readonly ConfigIssue[] {
  const { issues, registered } = readExtensions(configDir);
  const found = new Map<string, ConfigIssue>();
  for (const { url, file, path } of mappings.flatMap(emittedExtensions)) {
    if (registered.has(url)) continue;
    const place = readYaml(file).valueAt(path);
    const near = nearestWord(url, [...registered.keys()]);
    const message =
      `nobody registered the extension \`${url}\`; if it is wanted, add it to ` +
      `extensions/*.yaml${near === undefined ? '' : `; did you mean \`${near}\`?`}`;
    const issue = { ...place, severity: 'error', code: 'extension-unregistered', message } as const;
    found.set(`${place.file}:${place.line}:${place.column}`, issue);
  }
  return [...issues, ...dueForReview(configDir, today), ...found.values()];
}
