import type { Knowledge } from '../../knowledge.ts';
import { type ExpandedCode, expandedCodes, isCircular, Refused } from '../../operations/index.ts';
import { meaningOf, type TerminologyStore } from '../../store/index.ts';
import type { Staged } from '../context.ts';
import type { Findings } from '../findings.ts';

/** A stored expansion beyond so many codes is a code system; questions ask the definition. */
const storedCodesMax = 100_000;

/**
 * Writes the codes of a value set that its text does not list: what its filters, its imports and
 * its excludes leave, as of today's releases. A release that is published already keeps the codes
 * it was published with, whatever its code systems have become. False where nothing was written.
 */
export function expandSet(
  store: TerminologyStore,
  { staging, heading, file, line }: Staged,
  knowledge: Knowledge,
  findings: Findings,
): boolean {
  const { url, version, resource } = heading;
  if (staging.count > 0 || resource.compose === undefined) return false;
  const published = store.find('ValueSet', url, version);
  const known =
    published === undefined || published.state === 'draft'
      ? undefined
      : store.knowledge.valueSet(url, version);
  if (known !== undefined && meaningOf(known.resource) === meaningOf(resource)) {
    for (const member of store.members(url, version) ?? []) staging.addMember(member);
    return true;
  }
  const name = `${url}|${version}`;
  const codes: ExpandedCode[] = [];
  try {
    for (const one of expandedCodes(knowledge, resource)) {
      if (codes.length === storedCodesMax) {
        const message = `${name} has more than ${storedCodesMax} codes; they are not stored`;
        findings.report(file, line, 'expansion-too-large', message);
        return false;
      }
      codes.push(one);
    }
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    if (isCircular(cause)) {
      findings.error(file, line, 'value-set-cycle', `${name} includes itself: ${cause.message}`);
      return false;
    }
    const message = `${name} is published without its codes: ${cause.message}`;
    findings.warn(file, line, 'expansion-missing', message);
    return false;
  }
  for (const one of codes) staging.addMember({ version: undefined, display: undefined, ...one });
  return true;
}
