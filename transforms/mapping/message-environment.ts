import type { Hl7Message } from '../hl7v2/index.ts';
import type { Collector } from './collector.ts';
import type { CompiledMapping } from './compile.ts';
import { readHl7Date } from './date-formats.ts';
import type { Environment } from './environment.ts';

/** What the conversions may know while they work on one message. */
export function environmentOf(
  mapping: CompiledMapping,
  message: Hl7Message,
  collector: Collector,
): Environment {
  const { dialect, tables } = mapping;
  const { timestamp } = message.header;
  const end =
    message.delimiters.component === '' ? -1 : timestamp.indexOf(message.delimiters.component);
  const stamp = end === -1 ? timestamp : timestamp.slice(0, end);
  const own = readHl7Date(stamp);
  const parts = own ?? dialect.formats.map((f) => f.read(stamp, undefined)).find((p) => p);
  return {
    time: {
      formats: dialect.formats,
      zone: dialect.zone,
      messageOffset: parts?.offset,
      messageYear: parts?.year,
      known: new Map(),
    },
    table: (name) => tables.get(name),
    authority: dialect.authority,
    codeSystem: dialect.codeSystem,
    defaultCodeSystem: dialect.defaultCodeSystem,
    defaultAuthority: dialect.defaultAuthority,
    ucum: dialect.ucum,
    sourceUri: dialect.sourceUri,
    issue(code, text, cell) {
      const offset = message.segments[cell.index]?.offset;
      collector.add(code, `${cell.path} ${text}.`, cell.path, offset);
    },
  };
}
