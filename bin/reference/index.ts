import type { Registry } from '../../engine/index.ts';
import type { Command } from '../command.ts';
import { codesPage, type FoundCode } from './codes.ts';
import { commandsPage } from './commands.ts';
import { componentsPage } from './components.ts';
import { filesPage } from './files.ts';
import { mappingLanguagePage } from './mapping-language.ts';

export { type FoundCode, findCodes, meanings } from './codes.ts';

/** The generated pages of docs/reference, by file name. A test holds them against what is there. */
export function referencePages(from: {
  readonly registry: Registry;
  readonly commands: readonly Command[];
  readonly codes: readonly FoundCode[];
}): ReadonlyMap<string, string> {
  return new Map([
    ['components.md', componentsPage(from.registry)],
    ['configuration.md', filesPage()],
    ['mapping-language.md', mappingLanguagePage()],
    ['commands.md', commandsPage(from.commands)],
    ['codes.md', codesPage(from.codes)],
  ]);
}
