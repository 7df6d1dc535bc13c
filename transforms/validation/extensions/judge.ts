import {
  allowsContext,
  type ExtensionFault,
  type ExtensionUse,
  type JudgeExtension,
} from '../compile/index.ts';
import type { Registered } from './registry.ts';

const noFaults: readonly ExtensionFault[] = [];

/**
 * Refuses extensions that nobody registered, that stand where they may not, or whose value is of
 * another type. The path of a fault is the url, so that the quarantine groups by it: one decision
 * for all messages of a sender; the element is in the sentence. Parts of a complex extension, whose
 * urls are relative, belong to it and are not asked about.
 */
export function extensionJudge(registered: ReadonlyMap<string, Registered>): JudgeExtension {
  return (use, expression) => {
    const [url = use.url] = use.url.split('|');
    const found = registered.get(url);
    if (found === undefined) {
      const diagnostics =
        `${expression()} carries an extension that nobody registered. If it is wanted, add it ` +
        'to extensions/*.yaml, have that reviewed, and replay this.';
      return [{ code: 'extension-unregistered', path: url, diagnostics }];
    }
    return faultsOf(use, url, found, expression);
  };
}

function faultsOf(
  { extension, place, path }: ExtensionUse,
  url: string,
  { context, type }: Registered,
  expression: () => string,
): readonly ExtensionFault[] {
  const isPlaced = context.some((one) => allowsContext(one, place, path));
  const written = typeOf(extension);
  const isTyped =
    written === undefined || type.some((one) => one.toLowerCase() === written.toLowerCase());
  if (isPlaced && isTyped) return noFaults;
  const faults: ExtensionFault[] = [];
  const say = (code: string, diagnostics: string) => faults.push({ code, path: url, diagnostics });
  if (!isPlaced)
    say(
      'extension-misplaced',
      `it is registered for ${context.join(', ')}, and ${expression()} carries it`,
    );
  if (!isTyped)
    say(
      'extension-type',
      `it is registered with the type ${type.join(' or ')}, and is ${written} at ${expression()}`,
    );
  return faults;
}

/** `complex` for one of extensions; undefined for one without either, which structure refuses. */
function typeOf(extension: Readonly<Record<string, unknown>>): string | undefined {
  for (const name in extension) {
    const member = name[0] === '_' ? name.slice(1) : name;
    // The member's name comes from the sender: what is no type's name may hold anything.
    if (/^value[A-Z][A-Za-z0-9]{0,40}$/.test(member)) return member.slice(5);
  }
  return Array.isArray(extension.extension) ? 'complex' : undefined;
}
