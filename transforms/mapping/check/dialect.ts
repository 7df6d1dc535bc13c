import { suggestion } from '../../../engine/index.ts';
import { charsetName, segmentRepairs } from '../../hl7v2/index.ts';
import { ucumCode } from '../datatypes/index.ts';
import type { DialectRow } from '../language.ts';
import type { Layer } from '../merge.ts';
import { parseFieldPath } from '../reading/index.ts';
import type { Path, Report } from '../report.ts';
import { compileDateFormat, zoneOf } from '../times/index.ts';

/** An HL7 path, where one must stand. */
export function checkPath(path: string, report: Report, ...at: Path): void {
  if (parseFieldPath(path)) return;
  const forms = '`PID-5`, `PID-3.4` or `OBX-5[2]`';
  const message = `\`${path}\` is no HL7 path; write it like ${forms}`;
  report('hl7-path', message, ...at);
}

/** What a facility says of its dialect. */
export function checkDialect(layer: Layer, layers: readonly Layer[], report: Report): void {
  const dialect = layer.value.dialect;
  if (!dialect) return;
  if (dialect.timezone !== undefined && !zoneOf(dialect.timezone)) {
    const zones = Intl.supportedValuesOf('timeZone');
    const hint = suggestion(dialect.timezone, zones);
    report('timezone', `there is no time zone \`${dialect.timezone}\`; ${hint}`, 'timezone');
  } else if (/^(?!UTC$|GMT$|UCT$)[A-Z]{3,5}$/.test(dialect.timezone ?? '')) {
    const message =
      `\`${dialect.timezone}\` is an abbreviation, and may know no summer time; write a place, ` +
      'such as `America/Chicago`';
    report('timezone-abbreviation', message, 'timezone');
  }
  for (const [index, format] of (dialect.date_formats ?? []).entries()) {
    if (compileDateFormat(format)) continue;
    const message = `\`${format}\` is no date format; write it like \`MM/DD/YYYY\``;
    report('date-format', message, 'date_formats', index);
  }
  for (const path of Object.keys(dialect.default_code_systems ?? {}))
    checkPath(path, report, 'default_code_systems', path);
  for (const [index, name] of (dialect.repairs ?? []).entries()) {
    if (Object.hasOwn(segmentRepairs, name)) continue;
    const hint = suggestion(name, Object.keys(segmentRepairs));
    report('repair-unknown', `no repair is called \`${name}\`; ${hint}`, 'repairs', index);
  }
  checkCharset(dialect.charset, report);
  checkDefaultAuthority(dialect.default_authority, layers, report);
  for (const key of ['authorities', 'code_systems', 'default_code_systems'] as const)
    for (const [name, uri] of Object.entries(dialect[key] ?? {})) checkUri(uri, report, key, name);
  for (const [unit, code] of Object.entries(dialect.units ?? {})) {
    if (ucumCode(code, true) !== undefined) continue;
    report(
      'unit-unknown',
      `\`${code}\` is no UCUM code; write one such as \`g/dL\``,
      'units',
      unit,
    );
  }
}

/** What FHIR takes for the system of an identifier or of a code. */
function checkUri(uri: string, report: Report, ...at: Path): void {
  if (/^[a-z][a-z0-9+.-]*:\S+$/i.test(uri)) return;
  const forms = '`urn:oid:2.999.10.2` or `https://example.org/codes`';
  report('config-value', `\`${uri}\` is no uri; write one such as ${forms}`, ...at);
}

function checkCharset(charset: string | undefined, report: Report): void {
  if (charset === undefined) return;
  const name = charsetName(charset);
  if (name?.startsWith('utf-16') || name?.startsWith('utf-32'))
    report('charset', `\`${charset}\` is no character set that MLLP can carry`, 'charset');
  else if (name === undefined) {
    const hint = suggestion(charset, ['UTF-8', 'ASCII', '8859/1', '8859/15', 'windows-1252']);
    report('charset', `no character set is called \`${charset}\`; ${hint}`, 'charset');
  }
}

/** Whose number it is must not depend on what else the message is about. */
function checkDefaultAuthority(
  row: DialectRow['default_authority'],
  layers: readonly Layer[],
  report: Report,
): void {
  if (row === undefined) return;
  if (typeof row === 'string') {
    const isName = layers.some(({ value }) => value.dialect?.authorities?.[row] !== undefined);
    if (!isName) checkUri(row, report, 'default_authority');
    return;
  }
  for (const [index, path] of [row.from].flat().entries()) {
    const at = ['default_authority', 'from', ...(typeof row.from === 'string' ? [] : [index])];
    if (parseFieldPath(path)?.segment === 'MSH') continue;
    report('hl7-path', `\`${path}\` is no field of MSH; write it like \`MSH-4\``, ...at);
  }
}
