import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes, PlexusError, systemClock } from '../../engine/index.ts';
import {
  type Change,
  importFiles,
  openTerminology,
  type Release,
  shippedDocument,
  type TerminologyStore,
  terminologyTypes,
  withShipped,
} from '../../transforms/terminology/index.ts';

type Kind = (typeof terminologyTypes)[number];

/** What a release is: of the store, or of what comes with Plexus. */
export function kindsBeside(
  store: TerminologyStore | undefined,
  release: Release,
): readonly Kind[] {
  const stored = store?.kindsOf(release.url, release.version) ?? [];
  return terminologyTypes.filter(
    (kind) => stored.includes(kind) || shippedDocument(kind, release) !== undefined,
  );
}

/**
 * The changes between two releases of which one or both are not in the store, but come with
 * Plexus: both are read into a store of their own, which is gone afterwards. Throws PlexusError
 * `release-unreadable` where one of them would be refused as an import.
 */
export async function diffBeside(
  store: TerminologyStore | undefined,
  kind: Kind,
  earlier: Release,
  later: Release,
): Promise<readonly Change[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-diff-'));
  try {
    const files = [earlier, later].map((release, at) => {
      const isStored = store?.find(kind, release.url, release.version) !== undefined;
      const { url, version } = release;
      const document = isStored ? store.export(kind, url, version) : shippedDocument(kind, release);
      const file = join(folder, `${at}.json`);
      writeFileSync(file, [...(document ?? [])].join(''), { mode: 0o600 });
      return file;
    });
    using both = openTerminology({ file: join(folder, 'both.db'), key: randomBytes(32) });
    const { outcome, findings } = await importFiles(both, {
      ...{ files, dryRun: false, nowUs: systemClock().nowUs, approval: { by: 'terminology diff' } },
      beside: withShipped(store?.knowledge),
    });
    if (outcome === 'imported') return [...both.diff(kind, earlier, later)];
    const [first] = findings.filter(({ severity }) => severity === 'error');
    const message = `these releases cannot be compared: ${first?.message}`;
    throw new PlexusError('release-unreadable', message, { exit: exitCodes.io });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
