import type { Issue } from '../../../engine/index.ts';
import { escapeText, standardDelimiters } from '../../hl7v2/index.ts';
import type {
  CompiledRender,
  Entry,
  FieldPlan,
  MessagePlan,
  Node,
  SegmentPlan,
} from './compile.ts';
import { type FhirPath, type Found, valuesAt } from './fhir-path.ts';
import { hl7Time } from './plain-writers.ts';
import { type Facts, instancesOf, type Resource, type Scope, scopeOf } from './resources.ts';
import type { Component, Said, WriterSettings, Written } from './writer.ts';

/** Character sets that can be declared in MSH-18, and how they are written. */
export const charsets = { 'UNICODE UTF-8': 'utf8', '8859/1': 'latin1', ASCII: 'ascii' } as const;

export type RenderRequest = {
  readonly resources: readonly Resource[];
  /** e.g. `ADT^A08`. */
  readonly message: string;
  readonly sender: { readonly application: string; readonly facility: string };
  readonly receiver: { readonly application: string; readonly facility: string };
  readonly version: string;
  readonly charset: keyof typeof charsets;
  readonly processingId: string;
  /** MSH-10; the same each time, so that a resend is known. */
  readonly controlId: string;
  /** MSH-7, as FHIR writes an instant. */
  readonly time: string;
  /** MSH-10 of the message that this one answers. */
  readonly answered?: string;
};

export type Rendered =
  | { readonly kind: 'rendered'; readonly bytes: Buffer; readonly issues: readonly Issue[] }
  | { readonly kind: 'held'; readonly issues: readonly Issue[] };

type Run = {
  readonly mapping: CompiledRender;
  readonly version: string;
  readonly issues: Issue[];
  readonly lines: string[];
};

/**
 * Renders FHIR resources as one HL7 v2 message: the same bytes for the same input. What cannot be
 * written is an issue; what a message cannot be without (a segment that is not optional, a
 * character that its charset does not have) holds it.
 */
export function renderMessage(mapping: CompiledRender, request: RenderRequest): Rendered {
  const plan = mapping.messages.get(request.message);
  if (!plan) {
    const text = 'The mapping renders no message of this type.';
    return { kind: 'held', issues: [issueOf('error', 'render-message', text, 'MSH-9')] };
  }
  const run: Run = {
    mapping,
    version: request.version,
    issues: [],
    lines: [header(plan, request)],
  };
  const scope = scopeOf(request.resources, factsOf(plan, request));
  for (const node of plan.entries) writeNode(run, node, scope);
  const text = `${run.lines.join('\r')}\r`;
  checkCharset(text, request.charset, run.issues);
  if (run.issues.some(({ severity }) => severity === 'error'))
    return { kind: 'held', issues: run.issues };
  return {
    kind: 'rendered',
    bytes: Buffer.from(text, charsets[request.charset]),
    issues: run.issues,
  };
}

function factsOf({ type }: MessagePlan, { time, answered }: RenderRequest): Facts {
  const event = type.split('^')[1] ?? '';
  return { event, time, ...(answered === undefined ? {} : { answered }) };
}

function header({ type, structure }: MessagePlan, request: RenderRequest): string {
  const { sender, receiver, version, charset, processingId, controlId, time } = request;
  const fields = ['MSH', '^~\\&', sender.application, sender.facility];
  fields.push(receiver.application, receiver.facility, hl7Time(time) ?? '', '');
  fields.push(`${type}^${structure}`, controlId, processingId, version);
  return [...fields, '', '', '', '', '', charset].join('|');
}

function writeNode(run: Run, { entry, below }: Node, scope: Scope): void {
  if (below.length === 0) {
    writeEntry(run, entry, scope);
    return;
  }
  const { segment, count } = entry;
  const owners = instancesOf(segment.each, scope);
  if (owners.length === 0 && count === 'one') missing(run, segment);
  for (const [index, owner] of owners.entries()) {
    const inner = scope.within(owner);
    run.lines.push(segmentLine(run, segment, owner, index + 1, inner));
    for (const node of below) writeNode(run, node, inner);
  }
}

function writeEntry(run: Run, { segment, count }: Entry, scope: Scope): void {
  const { each } = segment;
  const isOne = count !== 'many' && each.steps.length === 0;
  const one = isOne ? scope.one(each.type) : undefined;
  const all = isOne ? (one === undefined ? [] : [one]) : instancesOf(each, scope);
  if (all.length === 0 && count === 'one') missing(run, segment);
  for (const [index, instance] of (count === 'many' ? all : all.slice(0, 1)).entries())
    run.lines.push(segmentLine(run, segment, instance, index + 1, scope));
}

function missing({ issues }: Run, { name, each }: SegmentPlan): void {
  const text = `There is no ${each.type} to make the segment ${name} of.`;
  issues.push(issueOf('error', 'render-missing', text, name));
}

function segmentLine(
  run: Run,
  segment: SegmentPlan,
  instance: unknown,
  number: number,
  scope: Scope,
): string {
  const fields: string[] = [];
  const at: At = { segment, instance, number, scope };
  for (const plan of segment.fields) {
    const settings = settingsOf(run, segment, plan);
    for (const said of valuesOf(plan, at).map((found) => plan.conversion.write(found, settings)))
      putSaid(fields, plan, said);
  }
  const filled = Array.from(fields, (field) => field ?? '');
  return [segment.name, ...filled.slice(1)].join('|');
}

type At = {
  readonly segment: SegmentPlan;
  readonly instance: unknown;
  readonly number: number;
  readonly scope: Scope;
};

function valuesOf({ from, value }: FieldPlan, at: At): readonly Found[] {
  if (value !== undefined) return [{ name: '', value }];
  for (const path of from) {
    const found = valuesAt(...rootOf(path, at));
    if (found.length > 0) return found;
  }
  return [];
}

/** A path that begins as its segment's own does goes on from its instance. */
function rootOf(path: FhirPath, { segment, instance, number, scope }: At) {
  const { type, steps } = path;
  if (type === 'Segment') return [{ number: String(number) }, steps] as const;
  const own = segment.each;
  const isOwn = own.type === type && own.steps.every((step, n) => step.name === steps[n]?.name);
  if (isOwn) return [instance, steps.slice(own.steps.length)] as const;
  return [scope.one(type), steps] as const;
}

function settingsOf(run: Run, { name }: SegmentPlan, plan: FieldPlan): WriterSettings {
  const { names } = run.mapping;
  const table = plan.table === undefined ? undefined : names.table(plan.table);
  return {
    names,
    codes: plan.codes,
    table: plan.table,
    lookup(code, system) {
      const found = table?.codes.get(system === undefined ? code : `${system}|${code}`);
      return found?.length === 1 ? found[0] : undefined;
    },
    issue(code, text) {
      const path = `${name}-${plan.field}`;
      run.issues.push(issueOf('warning', code, `What ${path} is made of ${text}.`, path));
    },
  };
}

function putSaid(fields: string[], { field, component }: FieldPlan, said: Said): void {
  if (said === undefined) return;
  if ('fields' in said) {
    for (const [number, written] of Object.entries(said.fields))
      put(fields, Number(number), textOf(written));
  } else if (component > 0) {
    // Only components are put together; whole fields repeat.
    const before = (fields[field] ?? '').split('^');
    before[component - 1] = textOf(said.slice(0, 1));
    fields[field] = Array.from(before, (part) => part ?? '').join('^');
  } else put(fields, field, textOf(said));
}

function put(fields: string[], field: number, text: string): void {
  if (text === '') return;
  fields[field] = fields[field] ? `${fields[field]}~${text}` : text;
}

function textOf(written: Written): string {
  return trimmed(
    written.map((part) => componentText(part)),
    '^',
  );
}

function componentText(part: Component): string {
  return typeof part === 'string' ? escaped(part) : trimmed(part.map(escaped), '&');
}

function trimmed(parts: readonly string[], separator: string): string {
  const last = parts.findLastIndex((part) => part !== '');
  return parts.slice(0, last + 1).join(separator);
}

/** No control character may stand in a message, and none is lost. */
function escaped(text: string): string {
  const safe = escapeText(text, standardDelimiters);
  if (!control.test(safe)) return safe;
  return safe.replace(controls, (char) => {
    const hex = char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    return `\\X${hex}\\`;
  });
}

const control = /[\x00-\x1f\x7f]/;
const controls = /[\x00-\x1f\x7f]/g;

function checkCharset(text: string, charset: keyof typeof charsets, issues: Issue[]): void {
  const beyond = { 'UNICODE UTF-8': undefined, '8859/1': /[^\0-\xff]/, ASCII: /[^\0-\x7f]/ }[
    charset
  ];
  if (!beyond?.test(text)) return;
  const diagnostics = `A value has a character that ${charset} does not have.`;
  issues.push(issueOf('error', 'render-charset', diagnostics, 'MSH-18'));
}

function issueOf(
  severity: 'error' | 'warning',
  code: string,
  diagnostics: string,
  path: string,
): Issue {
  return { severity, code, diagnostics, path };
}
