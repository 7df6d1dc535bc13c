// Goal: what was deleted and is told of again is erroneous no more and valid R4, and an appointment
// whose times come later has no mark that they are unknown. Method: courses of messages are
// converted by the base and written to a spine; what is kept is read back.
import assert from 'node:assert/strict';
import { openSpineReader } from '../../../routes/spine/index.ts';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { key, openStage, runBatch, temporaryFolder, workOf } from './spine-fixture.ts';

const base = loadMapping('config', 'base');

type Json = Record<string, unknown>;

function kept(type: string, ...messages: readonly (readonly [type: string, line: string])[]): Json {
  const dataDir = temporaryFolder();
  const stage = openStage(dataDir);
  for (const [at, [messageType, line]] of messages.entries()) {
    const lines = [
      `MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||${messageType}|M1|P|2.5.1`,
      ...(line.startsWith('SCH') ? [line] : []),
      'PID|1||17^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
      ...(line.startsWith('SCH') ? [] : [line]),
    ];
    const { conversion, issues } = convertBytes(base, Buffer.from(`${lines.join('\r')}\r`));
    assert.ok(conversion, JSON.stringify(issues));
    runBatch(stage, [{ ...workOf(at + 1, 0, []), body: conversion }]);
  }
  stage.close?.();
  const reader = openSpineReader(dataDir, key);
  const [line] = reader.list({ type, limit: 2 }).lines;
  reader.close();
  return JSON.parse(line!.json) as Json;
}

const codeOf = (concept: unknown) => (concept as fhir4.CodeableConcept)?.coding?.at(-1)?.code;
const statuses = ({ clinicalStatus, verificationStatus }: Json) => [
  codeOf(clinicalStatus),
  codeOf(verificationStatus),
];

describe('what is told of again', () => {
  const iam = (action: string, status = '') =>
    [
      'ADT^A60',
      `IAM|1|DA|7980^Penicillin^L|SV||${action}|I1^HOSP${'|'.repeat(10)}${status}`,
    ] as const;
  const prb = (action: string, confirmed = '') =>
    [
      'PPR^PC2',
      `PRB|${action}|20240310|I10^Hypertension^I10|PR1^CARE${'|'.repeat(9)}${confirmed}`,
    ] as const;

  it('is an allergy that is active, and stays confirmed where it was', () => {
    const seen = (...course: ReturnType<typeof iam>[]) =>
      statuses(kept('AllergyIntolerance', ...course));
    assert.deepEqual(seen(iam('A'), iam('D')), [undefined, 'entered-in-error']);
    for (const action of ['A', 'U', ''])
      assert.deepEqual(seen(iam('A'), iam('D'), iam(action)), ['active', undefined], action);
    assert.deepEqual(seen(iam('A', 'E'), iam('U')), ['active', undefined]);
    assert.deepEqual(seen(iam('A', 'C'), iam('U')), ['active', 'confirmed']);
  });

  it('is a problem that is active, and stays confirmed where it was', () => {
    const seen = (...course: ReturnType<typeof prb>[]) => statuses(kept('Condition', ...course));
    assert.deepEqual(seen(prb('AD'), prb('DE')), [undefined, 'entered-in-error']);
    for (const action of ['AD', 'UP'])
      assert.deepEqual(seen(prb('AD'), prb('DE'), prb(action)), ['active', undefined], action);
    assert.deepEqual(seen(prb('AD', 'C^Confirmed'), prb('UP')), ['active', 'confirmed']);
  });

  it('is an appointment with its times, also after a message that has none', () => {
    const sch = (trigger: string, times: string) =>
      [`SIU^${trigger}`, `SCH|P7|F7|||||||||^^^${times}`] as const;
    const timed = sch('S13', '20240401093000-0400^20240401101500-0400');
    for (const course of [
      [sch('S12', ''), timed],
      [timed, sch('S14', '')],
      [sch('S12', ''), timed, sch('S26', '')],
    ]) {
      const { start, _start, _end } = kept('Appointment', ...course);
      assert.deepEqual([start, _start, _end], ['2024-04-01T09:30:00-04:00', undefined, undefined]);
    }
    assert.ok(kept('Appointment', sch('S17', ''))._start);
  });
});
