import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type MessageId,
  type Outcome,
  openDatabase,
  type Stage,
  type Work,
} from '../../../../engine/index.ts';
import type {
  Contribution,
  Conversion,
  IdentityStatement,
} from '../../../../transforms/fhir/index.ts';
import {
  type IdentityReader,
  identifyStage,
  openIdentityReader,
  openIdentityStore,
  requireGoverned,
  resolve,
} from '../../../../transforms/identity/index.ts';

export const key = Buffer.alloc(32, 9);

export type Identifier = { system?: string; value: string; type?: string; use?: string };

/** A person as a test knows them; `number` is the medical record number at `system`. */
export type Somebody = {
  readonly given?: string;
  readonly family?: string;
  readonly born?: string;
  readonly sex?: string;
  readonly street?: string;
  readonly zip?: string;
  readonly phone?: string;
  readonly identifiers?: readonly Identifier[];
};

export const mr = (system: string, value: string): Identifier => ({
  system: `urn:${system}`,
  value,
  type: 'MR',
});
export const ssn = (value: string): Identifier => ({ system: 'urn:ssn', value, type: 'SS' });

export const ada: Somebody = {
  given: 'Adelheid',
  family: 'Brandenburg',
  born: '1971-03-05',
  sex: 'female',
  street: '17 Rosewood Lane',
  zip: '62701',
  phone: '217-348-9172',
};

/** The Patient of a message; its id is that of its first identifier, as a mapping makes it. */
export function patient(somebody: Somebody, ...identifiers: readonly Identifier[]): Contribution {
  const { given, family, born, sex, street, zip, phone } = somebody;
  const listed = [...identifiers, ...(somebody.identifiers ?? [])].map(({ type, ...rest }) => ({
    ...rest,
    ...(type === undefined ? {} : { type: { coding: [{ code: type }] } }),
  }));
  const name = { ...(given ? { given: [given] } : {}), ...(family ? { family } : {}) };
  const address = { ...(street ? { line: [street] } : {}), ...(zip ? { postalCode: zip } : {}) };
  const set = {
    identifier: listed,
    ...(given || family ? { name: [name] } : {}),
    ...(born ? { birthDate: born } : {}),
    ...(sex ? { gender: sex } : {}),
    ...(street || zip ? { address: [address] } : {}),
    ...(phone ? { telecom: [{ system: 'phone', value: phone }] } : {}),
  };
  return { type: 'Patient', id: uuidOf(listed[0]), set, remove: [] };
}

function uuidOf(identifier: { system?: string; value: string } | undefined): string {
  const hex = Buffer.from(`${identifier?.system ?? ''}|${identifier?.value ?? ''}`).toString('hex');
  return hex
    .padStart(32, '0')
    .slice(-32)
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

export function workOf(
  message: number,
  contributions: readonly Contribution[],
  options: { generation?: number; statements?: readonly IdentityStatement[] } = {},
): Work<Conversion> {
  const { generation = 0, statements } = options;
  const body: Conversion = {
    messageType: 'ADT^A08',
    controlId: '',
    contributions,
    unvisited: [],
    issues: [],
    marks: [],
    ...(statements === undefined ? {} : { statements }),
    provenance: { mapping: 'base@1', maps: [] },
  };
  const id = message as MessageId;
  const raw = Buffer.alloc(0);
  return { id, generation, channel: 'c', revision: 'r', raw, sha256: '', receivedUs: 1, body };
}

export const says = (
  verb: IdentityStatement['verb'],
  kept: Identifier,
  other: Identifier,
): IdentityStatement => ({
  verb,
  trigger: 'A40',
  kept: { identifiers: [kept] },
  other: { identifiers: [other] },
});

export type Answer = {
  readonly person: string | undefined;
  readonly method: string | undefined;
  readonly by: string | undefined;
  readonly codes: readonly string[];
};

export function run(stage: Stage, work: Work<Conversion>): Answer {
  stage.transaction?.begin();
  const outcome = stage.run(work) as Outcome<Conversion>;
  stage.transaction?.commit();
  assert.ok(outcome.kind === 'pass', JSON.stringify(outcome));
  const { identity } = outcome.body.provenance;
  const codes = outcome.issues.map(({ code }) => code);
  return { person: identity?.person, method: identity?.method, by: identity?.by, codes };
}

/**
 * A chain worker: the store on a connection of its own (the stages of one thread share theirs).
 */
export function openWorker(dataDir: string) {
  mkdirSync(dataDir, { recursive: true });
  const db = openDatabase(join(dataDir, 'identity.db'), { key });
  const store = openIdentityStore(db, requireGoverned(dataDir));
  return {
    run({ id, generation, receivedUs, body }: Work<Conversion>): Answer {
      db.exec('BEGIN IMMEDIATE');
      store.begun();
      const { resolved, issues } = resolve(store, body, { id, generation, receivedUs });
      store.committing();
      db.exec('COMMIT');
      const [one] = resolved;
      const codes = issues.map(({ code }) => code);
      return { person: one?.person, method: one?.method, by: one?.by, codes };
    },
    close: () => db.close(),
  };
}

/** Data folders, stages and readers that are gone after the suite. */
export function workshop() {
  const root = mkdtempSync(join(tmpdir(), 'plexus-identity-'));
  const stages: Stage[] = [];
  const readers: IdentityReader[] = [];
  let folders = 0;
  return {
    root,
    open(dataDir = join(root, String(folders++))) {
      const context = { channel: 'c', revision: 'r', configDir: root, dataDir, key };
      const stage = identifyStage.create({}, context);
      stages.push(stage);
      let message = 0;
      return {
        stage,
        dataDir,
        reader() {
          const reader = openIdentityReader(dataDir, key);
          readers.push(reader);
          return reader;
        },
        send: (...contributions: Contribution[]): Answer => {
          message += 1;
          return run(stage, workOf(message, contributions));
        },
        state: (statements: readonly IdentityStatement[], ...contributions: Contribution[]) => {
          message += 1;
          return run(stage, workOf(message, contributions, { statements }));
        },
      };
    },
    close() {
      for (const stage of stages) stage.close?.();
      for (const reader of readers) reader.close();
      rmSync(root, { recursive: true });
    },
  };
}
