/** A resource that others name by its canonical URL. */
export type Canonical = { readonly url?: string; readonly version?: string };

/** By URL, the versions that are at hand, the newest first. */
export type ByCanonical<T> = ReadonlyMap<string, readonly T[]>;

export function indexByCanonical<T extends Canonical>(all: readonly T[]): ByCanonical<T> {
  const byUrl = new Map<string, T[]>();
  for (const one of all) {
    if (one.url === undefined) continue;
    const versions = byUrl.get(one.url);
    if (versions === undefined) byUrl.set(one.url, [one]);
    else versions.push(one);
  }
  for (const versions of byUrl.values())
    versions.sort((a, b) => compareVersions(b.version ?? '', a.version ?? ''));
  return byUrl;
}

/**
 * `url|version` finds that version, `url|6.1` the newest of it, `url` the newest of all
 * (https://hl7.org/fhir/R4/references.html#canonical).
 */
export function findByCanonical<T extends Canonical>(
  all: ByCanonical<T>,
  canonical: string,
): T | undefined {
  const [url = '', version] = canonical.split('|');
  const versions = all.get(url);
  if (version === undefined) return versions?.[0];
  return versions?.find(
    (one) => one.version === version || (one.version ?? '').startsWith(`${version}.`),
  );
}

/** `7.0.0` above `6.1.0` above `6.1.0-ballot`; numbers count as numbers. */
export function compareVersions(a: string, b: string): number {
  const [left = '', leftLabel] = a.split(/-(.*)/s);
  const [right = '', rightLabel] = b.split(/-(.*)/s);
  const order = left.localeCompare(right, 'en', { numeric: true });
  if (order !== 0) return order;
  if (leftLabel === undefined || rightLabel === undefined)
    return Number(leftLabel === undefined) - Number(rightLabel === undefined);
  return leftLabel.localeCompare(rightLabel, 'en', { numeric: true });
}
