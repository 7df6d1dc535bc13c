import { z } from 'zod';
import type { Release } from './knowledge.ts';

/**
 * Which release a name means. A metric or a contract pins names of its own, and what it does not
 * pin its channel does; there is no third place to look, and never "latest".
 */
export type Pins = {
  /** Who pins, as people know it: `channel mercy-west`, `metric sep1`. */
  readonly by: string;
  /** The release that translates a use (`lab-code`). */
  readonly maps: Readonly<Record<string, string>>;
  /** The release that the name of a value set stands for (`lactate_loinc`). */
  readonly valueSets: Readonly<Record<string, string>>;
};

export type PinKind = 'map' | 'value-set';

export type Pinned = { readonly by: string; readonly text: string };

/** What the channel file and, later, a metric write under `value_sets`. */
export const valueSetPins = z
  .record(
    z.string().describe('What the value set is called here, e.g. `lactate_loinc`.'),
    z.string().describe('Its release: `OID@VERSION` or `URL|VERSION`.'),
  )
  .default({})
  .describe('The value set releases that names stand for; a metric that pins none uses these.');

/** Stands in place of a map release: these codes are to stay as sent. */
export const none = 'none';

/**
 * The pin of a name; the first that pins it decides, so hand in a metric's pins before its
 * channel's. Undefined: nobody does, which is an error of whoever asks and no reason to guess.
 */
export function pinOf(kind: PinKind, name: string, pins: readonly Pins[]): Pinned | undefined {
  for (const { by, maps, valueSets } of pins) {
    const own = kind === 'map' ? maps : valueSets;
    if (Object.hasOwn(own, name)) return { by, text: own[name]! };
  }
  return undefined;
}

export type PinMistake = { readonly code: string; readonly message: string };

/** The same, where a missing pin is a finding. */
export function requirePin(
  kind: PinKind,
  name: string,
  pins: readonly Pins[],
): Pinned | PinMistake {
  const found = pinOf(kind, name, pins);
  if (found !== undefined) return found;
  const asked = pins.map(({ by }) => by).join(' nor ') || 'anybody';
  return {
    code: 'pin-missing',
    message: `no release is pinned for the ${kind} \`${name}\`, by ${asked}; none is assumed`,
  };
}

const oid = /^(?:urn:oid:)?([0-2](?:\.\d+)+)@(.+)$/;

/**
 * The releases that a pin may name, the likeliest first; undefined when it names no version. A
 * value set of VSAC is known by its OID, and its resource by VSAC's address of it
 * (https://www.nlm.nih.gov/vsac/support/usingvsac/vsacfhirapi.html).
 */
export function releasesOfPin(text: string): readonly Release[] | undefined {
  const [, number, ofOid] = oid.exec(text) ?? [];
  if (number !== undefined) {
    const urls = [`urn:oid:${number}`, `http://cts.nlm.nih.gov/fhir/ValueSet/${number}`];
    return urls.map((url) => ({ url, version: ofOid! }));
  }
  const bar = text.lastIndexOf('|');
  const at = bar < 0 && !text.includes('://') ? text.lastIndexOf('@') : bar;
  if (at <= 0 || at === text.length - 1) return undefined;
  const [url, version] = [text.slice(0, at), text.slice(at + 1)];
  const isNamed = !/\s/.test(text) && version.toLowerCase() !== 'latest';
  return isNamed ? [{ url, version }] : undefined;
}

export const namesRelease = (text: string, { url, version }: Release): boolean =>
  releasesOfPin(text)?.some((one) => one.url === url && one.version === version) ?? false;
