import type { Hl7Message } from '../../hl7v2/index.ts';
import type { Environment } from '../environment.ts';
import type { CompiledMapping } from '../plans.ts';
import { type Cell, type Collector, component, type Reader, readField } from '../reading/index.ts';
import { type DateParts, localMs, readParts } from '../times/index.ts';

/** What the conversions may know while they work on one message. */
export function environmentOf(
  mapping: CompiledMapping,
  reader: Reader,
  collector: Collector,
): Environment {
  const { message } = reader;
  const { dialect, tables } = mapping;
  const parts = headerTime(reader);
  if (parts) checkHeaderOffset(parts, reader, collector);
  return {
    time: {
      formats: dialect.formats,
      yearPivot: dialect.yearPivot,
      zone: dialect.zone,
      messageOffset: parts?.offset,
      messageYear: parts?.year,
      known: new Map(),
    },
    table: (name) => tables.get(name),
    authority(namespace, universalId, type, cell) {
      const found = dialect.authority(namespace, universalId, type);
      if (found?.isContradicted) collector.add(...contradiction(cell, message));
      return found?.system;
    },
    isContradicted: (...hd) => dialect.authority(...hd)?.isContradicted === true,
    codeSystem: dialect.codeSystem,
    defaultCodeSystem: dialect.defaultCodeSystem,
    defaultAuthority: () => defaultAuthority(reader),
    ucum: dialect.ucum,
    knownUnits: dialect.knownUnits,
    sourceUri: dialect.sourceUri,
    issue(code, text, cell) {
      if (collector.again(code, cell.path)) return;
      const offset = message.segments[cell.index]?.offset;
      collector.add(code, `${cell.path} ${text}.`, cell.path, offset);
    },
  };
}

function contradiction(cell: Cell, { segments }: Hl7Message): Parameters<Collector['add']> {
  const text = 'names an authority by a namespace and by an id that stand for two authorities';
  const offset = segments[cell.index]?.offset;
  return ['authority-contradicted', `${cell.path} ${text}.`, cell.path, offset];
}

/** MSH-7, as its dialect writes it. */
function headerTime({ message, dialect }: Reader): DateParts | undefined {
  const { timestamp } = message.header;
  const { component: separator } = message.delimiters;
  const end = separator === '' ? -1 : timestamp.indexOf(separator);
  const { formats, yearPivot, zone } = dialect;
  const rules = { formats, yearPivot, zone, messageOffset: undefined, messageYear: undefined };
  const parts = readParts(end === -1 ? timestamp : timestamp.slice(0, end), rules);
  return 'year' in parts ? parts : undefined;
}

/** MSH-7`s offset is the default of its message, unless the dialect names a zone. */
function checkHeaderOffset(parts: DateParts, { message, dialect }: Reader, to: Collector): void {
  const { zone } = dialect;
  const { offset, hour, isCounted } = parts;
  if (!zone || offset === undefined || hour === undefined || isCounted) return;
  if (zone.offsetOf(localMs(parts) - offset * 60_000) === offset) return;
  const text =
    'MSH-7 has another UTC offset than the facility`s time zone has then; times without an ' +
    'offset were read in the zone.';
  to.add('message-offset-disagrees', text, 'MSH-7', message.header.start);
}

function defaultAuthority(reader: Reader): string | undefined {
  const declared = reader.dialect.defaultAuthority;
  if (declared === undefined || typeof declared === 'string') return declared;
  for (const path of declared) {
    const cell = readField(reader, 0, path).cells[0];
    if (cell === undefined) continue;
    const [namespace, id, type] = [component(cell, 1), component(cell, 2), component(cell, 3)];
    return reader.dialect.authority(namespace, id, type)?.system;
  }
  return undefined;
}
