import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ImportReport, importFiles } from '../../../../transforms/terminology/import/index.ts';
import type { Json } from '../../../../transforms/terminology/knowledge.ts';
import {
  openTerminology,
  type TerminologyStore,
} from '../../../../transforms/terminology/store/index.ts';

export type Opened = {
  readonly folder: string;
  readonly file: string;
  readonly key: Buffer;
  readonly store: TerminologyStore;
  /** Writes a file into the folder; gives its path. */
  write(name: string, content: string | Buffer): string;
  import(files: readonly string[], options?: Partial<Options>): Promise<ImportReport>;
  /** Imports resources as one Bundle. */
  importJson(...resources: readonly Json[]): Promise<ImportReport>;
  close(): void;
} & Disposable;

type Options = Parameters<typeof importFiles>[1];

/** A store in a folder of its own, with a clock that counts. */
export function openStore(): Opened {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-terminology-'));
  const file = join(folder, 'terminology.db');
  const key = randomBytes(32);
  const store = openTerminology({ file, key });
  let now = 1_700_000_000_000_000;
  let bundles = 0;
  const write = (name: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const load = (files: readonly string[], options: Partial<Options> = {}) =>
    importFiles(store, {
      ...{ files, approval: { by: 'tester' }, dryRun: false, nowUs: () => now++ },
      ...options,
    });
  const close = () => {
    store.close();
    rmSync(folder, { recursive: true });
  };
  return {
    ...{ folder, file, key, store, write, import: load },
    importJson(...resources) {
      const entry = resources.map((resource) => ({ resource }));
      const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
      return load([write(`bundle-${bundles++}.json`, bundle)]);
    },
    close,
    [Symbol.dispose]: close,
  };
}

export const codeSystem = (concept: readonly Json[], more: Json = {}): Json => ({
  ...{ resourceType: 'CodeSystem', url: 'urn:test:codes', version: '1', status: 'active' },
  ...{ content: 'complete', caseSensitive: true, ...more, concept },
});

export const conceptMap = (element: readonly Json[], more: Json = {}): Json => ({
  ...{ resourceType: 'ConceptMap', url: 'urn:test:map', version: '1', status: 'active', ...more },
  group: [{ source: 'urn:test:local', target: 'urn:test:codes', element }],
});
