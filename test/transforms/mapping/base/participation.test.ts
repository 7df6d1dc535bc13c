// Goal: who takes part, and what is used, is a resource of its own where a message says more than a
// name, and only there; the envelope and the origin of a message are made only for a mapping that
// asks. Method: messages of our own, converted by the base and by a mapping with `also`, with every
// bundle checked as R4 and every reference followed.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { type Json, resourcesOf } from '../made.ts';
import { admission, bytes, result } from '../messages.ts';

const base = loadMapping('config', 'base');

const attending = 'PRT||AD||AT^Attending^HL70912|77^Hill^Gwen';
const withRoles = (...lines: string[]): string[] => {
  const at = admission.findIndex((line) =>
    line.startsWith(lines[0]!.startsWith('ROL') ? 'PID' : 'PV1'),
  );
  return [...admission.slice(0, at + 1), ...lines, ...admission.slice(at + 1)];
};
const roles = (segments: readonly string[]): Json[] =>
  resourcesOf(base, segments, 'PractitionerRole');

/** The base under another name, with what `also` says. */
function asking(also: string, name = 'asking') {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-also-'));
  mkdirSync(join(folder, 'mappings'));
  const text = `mapping: ${name}\nextends: base\nsource: asking\nalso: ${also}\n`;
  writeFileSync(join(folder, 'mappings', `${name}.yaml`), text);
  return loadMapping(folder, name);
}

/** References to resources that the same bundle lacks. */
function dangling(resources: readonly Json[]): string[] {
  const known = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
  const found = JSON.stringify(resources).matchAll(/"reference":"([^"]*)"/g);
  return [...found].map(([, to]) => to!).filter((to) => !known.has(to));
}

describe('who takes part', () => {
  it('is named, and no more, where the message has no more than a name', () => {
    assert.deepEqual(roles(withRoles(attending)), []);
    assert.deepEqual(roles(withRoles('PRT||AD||AT^Attending|^Hill^Gwen|||Org^L^11')), []);
  });

  it('has a role where the message says where, for whom, or how they are reached', () => {
    const line = `${attending}|||Org one^L^11|||||||^PRN^CP^^1^518^5550100||||||||C`;
    const all = resourcesOf(base, withRoles(line));
    const [role] = all.filter(({ resourceType }) => resourceType === 'PractitionerRole');
    const [encounter] = all.filter(({ resourceType }) => resourceType === 'Encounter');
    const individual = { reference: `PractitionerRole/${role?.id}`, display: 'Gwen Hill' };
    const people = (encounter?.participant ?? []) as readonly Json[];
    assert.ok(people.some((one) => JSON.stringify(one.individual) === JSON.stringify(individual)));
    const [telecom] = (role?.telecom ?? []) as readonly Json[];
    assert.equal(telecom?.use, 'mobile');
    assert.equal(JSON.stringify(telecom.extension).includes('iso21090-preferred'), true);
    assert.deepEqual(dangling(all), []);
  });

  it('has one role for one person, part, organization and place, whoever the patient is', () => {
    const line = `${attending}|||Org one^L^11`;
    const other = withRoles(line).map((text) => text.replaceAll('4711', '4712'));
    const idOf = (segments: readonly string[]) => roles(segments).map(({ id }) => id);
    assert.deepEqual(idOf(other), idOf(withRoles(line)));
    assert.equal(idOf(withRoles(line, line)).length, 1);
    assert.notDeepEqual(idOf(withRoles(line.replace('^11', '^12'))), idOf(withRoles(line)));
    assert.notDeepEqual(idOf(withRoles(line.replace('77^', '78^'))), idOf(withRoles(line)));
  });

  it('is a general practitioner of this patient, with the period', () => {
    const general = 'ROL|1|AD|PP^Primary care^HL70443|77^Hill^Gwen|20240101|||||||^WPN^PH^^1^5^1';
    const [role] = roles(withRoles(general));
    assert.deepEqual(role?.period, { start: '2024-01-01' });
    const [patient] = resourcesOf(base, withRoles(general), 'Patient');
    assert.deepEqual(patient?.generalPractitioner, [{ reference: `PractitionerRole/${role?.id}` }]);
  });
});

describe('what a result was made with, and where', () => {
  it('is a device with what its label says', () => {
    const line =
      'PRT||AD||EQUIP^Equipment^HL70912||||||E1^LAB|||||^WPN^PH^^1^5^1|00643169^GTIN|' +
      '20200101|20300101|LOT7|SER9|DON1|T1^Analyser^L';
    const at = result.findIndex((text) => text.startsWith('OBX|1')) + 1;
    const all = resourcesOf(base, [...result.slice(0, at), line, ...result.slice(at)]);
    const [device] = all.filter(({ resourceType }) => resourceType === 'Device');
    assert.equal(device?.lotNumber, 'LOT7');
    assert.deepEqual(device.udiCarrier, [{ deviceIdentifier: '00643169' }]);
    const first = all.find(({ device: used }) => used !== undefined);
    assert.deepEqual(first?.device, { reference: `Device/${device.id}` });
    assert.deepEqual(dangling(all), []);
  });

  it('is a laboratory with its address and its director, once for all its results', () => {
    const place = `${'|'.repeat(12)}Lab^L^22|1 Elm St^^Troy^NY^12180|88^Dale^Owen`;
    const lines = result.map((line) => (line.startsWith('OBX') ? line + place : line));
    const all = resourcesOf(base, lines);
    const laboratories = all.filter(({ resourceType }) => resourceType === 'Organization');
    const directors = all.filter(({ resourceType }) => resourceType === 'PractitionerRole');
    assert.equal(laboratories.length, 1);
    assert.equal(directors.length, 1);
    const to = [`Organization/${laboratories[0]?.id}`, `PractitionerRole/${directors[0]?.id}`];
    for (const one of all.filter(({ resourceType }) => resourceType === 'Observation'))
      assert.deepEqual(
        (one.performer as { reference: string }[]).map(({ reference }) => reference),
        to,
      );
    assert.deepEqual(dangling(all), []);
  });
});

describe('the envelope and the origin of a message', () => {
  const everything =
    '[message-header, origin?, demographics-origin?, order-origin?, booking-origin?, ' +
    'sending-software?]';
  const whole = asking(everything);
  const names = ['MessageHeader', 'Provenance'];

  it('are made for who asks, and for nobody else', () => {
    for (const segments of [admission, result]) {
      const some = resourcesOf(base, segments).filter(({ resourceType }) =>
        names.includes(String(resourceType)),
      );
      assert.deepEqual(some, []);
      const all = resourcesOf(whole, segments);
      assert.deepEqual(dangling(all), []);
      for (const name of names) assert.ok(all.some(({ resourceType }) => resourceType === name));
    }
  });

  it('say who entered and verified an order', () => {
    const order = result.map((line) =>
      line.startsWith('ORC') ? `${line}|||||||66^Clerk^Ann|67^Check^Bo` : line,
    );
    const all = resourcesOf(whole, order, 'Provenance');
    const who = all.map((one) =>
      (one.agent as { who: { display?: string } }[]).map(({ who }) => who.display),
    );
    assert.ok(who.some((some) => some.join() === 'Ann Clerk,Bo Check'));
  });

  it('say that the time is unknown where nobody said it', () => {
    const [, ...rest] = admission;
    const head = 'MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|||ADT^A01^ADT_A01|M1|P|2.5.1';
    const without = [head, 'EVN|A01', ...rest.slice(1)];
    const [origin] = resourcesOf(whole, without, 'Provenance');
    assert.equal(origin?.recorded, undefined);
    assert.ok(JSON.stringify(origin?._recorded).includes('data-absent-reason'));
  });

  it('are refused by a wrong name at its place', () => {
    const [issue] = asking('[orign?]').issues;
    assert.equal(issue?.code, 'resource-unknown');
    assert.equal(issue.line, 4);
    assert.equal(issue.column, 8);
  });

  it('give the same bytes each time', () => {
    const once = () => JSON.stringify(convertBytes(whole, bytes(admission)));
    assert.equal(once(), once());
  });
});
