import type { Gate, Issue, Work } from '../../../engine/index.ts';
import type { Conversion } from '../../../transforms/fhir/index.ts';
import type { Spine } from '../spine.ts';
import { type Prospect, prospects } from './prospects.ts';

/** What the gate says of a message: what holds it, and what goes along with it. */
export type Admission = { readonly errors: readonly Issue[]; readonly remarks: readonly Issue[] };

/** More than a person reads of one message. */
const issuesMax = 100;
const uncheckedMax = 8;

/**
 * Shows the gate every resource as the message would leave it. A message answers for what it says:
 * an error that the resource had before, in an element of which the message does not speak, is a
 * remark on it, else one wrong value would hold everything that comes after it.
 */
export function judge(spine: Spine, gate: Gate, work: Work<Conversion>): Admission {
  const errors: Issue[] = [];
  const remarks: Issue[] = [];
  const unchecked = new Map<string, Issue>();
  for (const prospect of prospects(spine, work)) {
    const judged = gate.judge(JSON.parse(prospect.after));
    const placed = (issue: Issue): Issue => inPayload(issue, prospect);
    let known: ReadonlySet<string> | undefined;
    for (const issue of judged.issues) {
      if (issue.severity !== 'error' && issue.severity !== 'fatal') remarks.push(placed(issue));
      else if (isSpoken(issue, prospect)) errors.push(placed(issue));
      else {
        known ??= errorsBefore(gate, prospect);
        if (known.has(nameOf(issue))) remarks.push({ ...placed(issue), severity: 'warning' });
        else errors.push(placed(issue));
      }
    }
    for (const issue of judged.unchecked) unchecked.set(nameOf(issue), placed(issue));
  }
  const open = [...unchecked.values()].slice(0, uncheckedMax);
  return { errors: errors.slice(0, issuesMax), remarks: [...remarks.slice(0, issuesMax), ...open] };
}

/**
 * Of a Bundle the sender is told which entry is meant: `Bundle.entry[3].resource`, with the type
 * behind it as a comment of FHIRPath, as HL7's validator has it, and then the element. The same
 * fault of one type so stays one group of the quarantine.
 */
function inPayload(issue: Issue, { type, sentAs }: Prospect): Issue {
  const { path } = issue;
  if (sentAs === undefined || !sentAs.startsWith('Bundle.') || path === undefined) return issue;
  if (path !== type && !path.startsWith(`${type}.`)) return issue;
  return { ...issue, path: `${sentAs}/*${type}*/${path.slice(type.length)}` };
}

/** Is the issue in an element that the message itself gave? */
function isSpoken({ path = '' }: Issue, { spoken, type, before }: Prospect): boolean {
  if (spoken === undefined || before === undefined) return true;
  if (!path.startsWith(`${type}.`)) return false;
  const [, name = ''] = /^([A-Za-z]+)/.exec(path.slice(type.length + 1)) ?? [];
  return [...spoken].some((one) => one === name || one === `_${name}` || isChoice(one, name));
}

/** `Observation.value` is what JSON calls `valueQuantity`. */
const isChoice = (member: string, name: string): boolean =>
  member.startsWith(name) && /^[A-Z]/.test(member.slice(name.length));

function errorsBefore(gate: Gate, { before }: Prospect): ReadonlySet<string> {
  if (before === undefined) return new Set();
  return new Set(gate.judge(JSON.parse(before)).issues.map(nameOf));
}

const nameOf = ({ code, path = '' }: Issue): string => `${code} ${path.replace(/\[\d+\]/g, '')}`;
