import { component } from './cell.ts';
import type { Collector } from './collector.ts';
import type { CompiledMapping } from './compile.ts';
import { readHl7Date } from './date-formats.ts';
import type { Environment } from './environment.ts';
import { type Reader, readField } from './reader.ts';

/** What the conversions may know while they work on one message. */
export function environmentOf(
  mapping: CompiledMapping,
  reader: Reader,
  collector: Collector,
): Environment {
  const { message } = reader;
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
    defaultAuthority: () => defaultAuthority(reader),
    ucum: dialect.ucum,
    sourceUri: dialect.sourceUri,
    issue(code, text, cell) {
      const offset = message.segments[cell.index]?.offset;
      collector.add(code, `${cell.path} ${text}.`, cell.path, offset);
    },
  };
}

function defaultAuthority(reader: Reader): string | undefined {
  const declared = reader.dialect.defaultAuthority;
  if (declared === undefined || typeof declared === 'string') return declared;
  for (const path of declared) {
    const cell = readField(reader, 0, path).cells[0];
    if (cell === undefined) continue;
    const [namespace, id, type] = [component(cell, 1), component(cell, 2), component(cell, 3)];
    return reader.dialect.authority(namespace, id, type);
  }
  return undefined;
}
