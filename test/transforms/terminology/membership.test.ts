// Goal: whether a code is in a value set is said for certain, or said to be unknown, never guessed;
// what is imported while somebody asks counts.
// Method: shipped value sets against their own expansion and codes that are none of theirs; units;
// definitions that name what nobody has; a store that gets a release between two questions.
import assert from 'node:assert/strict';
import type { Json } from '../../../transforms/terminology/knowledge.ts';
import { layered } from '../../../transforms/terminology/knowledge.ts';
import { openMembership } from '../../../transforms/terminology/membership/index.ts';
import { memoryKnowledge } from '../../../transforms/terminology/memory/index.ts';
import {
  expandedCodes,
  memberships,
  valueSetBy,
} from '../../../transforms/terminology/operations/index.ts';
import { withShipped } from '../../../transforms/terminology/shipped/index.ts';
import { codeSystem, openStore } from './store/opened.ts';

const shipped = withShipped(undefined);
const valueSet = (url: string, compose: Json): Json => ({
  ...{ resourceType: 'ValueSet', url, version: '1', status: 'active', compose },
});

describe('whether a value set holds a code', () => {
  it('is as its expansion says, with a system or without', () => {
    const holds = memberships(shipped);
    for (const name of ['administrative-gender', 'observation-status', 'marital-status']) {
      const url = `http://hl7.org/fhir/ValueSet/${name}`;
      const codes = [...expandedCodes(shipped, valueSetBy(shipped, url)!)];
      assert.ok(codes.length > 3, name);
      for (const { system, code } of codes) {
        assert.equal(holds(url, system, code), 'yes', `${name} ${code}`);
        assert.equal(holds(url, undefined, code), 'yes', `${name} ${code}`);
        assert.equal(holds(url, system, `${code}-no`), 'no');
        assert.equal(holds(url, undefined, `${code}-no`), 'no');
        assert.equal(holds(url, 'urn:another', code), 'no');
      }
    }
  });

  it('is known of every unit, for units are a grammar', () => {
    const holds = memberships(shipped);
    const units = 'http://hl7.org/fhir/ValueSet/ucum-units';
    assert.equal(holds(units, 'http://unitsofmeasure.org', 'mg/dL'), 'yes');
    assert.equal(holds(units, 'http://unitsofmeasure.org', 'furlongs'), 'no');
  });

  it('is unknown where the value set, its system or one that it names is', () => {
    const listing = { system: 'urn:absent', concept: [{ code: 'a' }] };
    const sets = [
      valueSet('urn:set:whole', { include: [{ system: 'urn:absent' }] }),
      valueSet('urn:set:listed', { include: [listing] }),
      valueSet('urn:set:importing', { include: [{ valueSet: ['urn:set:gone'] }] }),
      valueSet('urn:set:part', { include: [{ system: 'urn:part' }] }),
    ];
    const part = codeSystem([{ code: 'a' }], { url: 'urn:part', content: 'fragment' });
    const holds = memberships(layered(memoryKnowledge([...sets, part]), shipped));
    assert.equal(holds('urn:set:none', 'urn:absent', 'a'), 'unknown');
    assert.equal(holds('urn:set:whole', 'urn:absent', 'a'), 'unknown');
    assert.equal(holds('urn:set:whole', undefined, 'a'), 'unknown');
    assert.equal(holds('urn:set:importing', 'urn:absent', 'a'), 'unknown');
    assert.equal(holds('urn:set:part', 'urn:part', 'b'), 'unknown');
    assert.equal(holds('urn:set:part', 'urn:part', 'a'), 'yes');
    assert.equal(holds('urn:set:listed', 'urn:absent', 'a'), 'yes');
    assert.equal(holds('urn:set:listed', 'urn:absent', 'b'), 'no');
  });

  it('follows what is imported while it is asked', async () => {
    using opened = openStore();
    let nowMs = 0;
    const holds = openMembership({
      ...{ dataDir: opened.folder, key: () => opened.key, nowMs: () => nowMs },
    });
    const ask = () => holds('urn:set:codes', 'urn:test:codes', 'a');
    assert.equal(ask(), 'unknown');
    const set = valueSet('urn:set:codes', { include: [{ system: 'urn:test:codes' }] });
    await opened.importJson(codeSystem([{ code: 'a' }]), set);
    nowMs += 2_000;
    assert.equal(ask(), 'yes');
    holds.close();
    assert.equal(ask(), 'yes', 'who asks again opens the store again');
    holds.close();
  });
});
