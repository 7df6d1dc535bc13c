// Goal: drift names exactly what a release takes away and exactly who relied on it, with how often
// it was used; what is only added hits nobody.
// Method: random changes planted into a code system, a value set and maps that are imported; the
// plants are the oracle. The sentence is shown once, word for word.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Change,
  type Compared,
  type DriftSources,
  diffCodeMaps,
  hitsOf,
  sentenceOf,
  takes,
} from '../../../../transforms/terminology/index.ts';
import { openStore } from '../store/opened.ts';

const url = 'http://x/lab';
const codes = ['A', 'B', 'C', 'D', 'E', 'F'];
const nobody: DriftSources = {
  pins: [],
  observed: () => [],
  counts: () => true,
  newestMonth: 202611,
  namedCodes: () => new Set(),
};

describe('drift', () => {
  it('finds the planted changes of a code system, and who names what goes', async () => {
    const kinds = fc.constantFrom('same', 'removed', 'retired', 'display');
    const plants = fc.array(kinds, { minLength: codes.length, maxLength: codes.length });
    const subset = fc.subarray(codes);
    await fc.assert(
      fc.asyncProperty(plants, subset, subset, async (planted, inMap, inSet) => {
        const concept = (code: string, n: number, isLater: boolean) => {
          const kind = isLater ? planted[n]! : 'same';
          const retired = { property: [{ code: 'status', valueCode: 'retired' }] };
          const display = kind === 'display' ? `new ${code}` : `old ${code}`;
          return kind === 'removed' ? [] : [{ code, display, ...(kind === 'retired' && retired) }];
        };
        const system = (version: string, isLater: boolean) => ({
          ...{ resourceType: 'CodeSystem', url, version, status: 'active', content: 'complete' },
          concept: codes.flatMap((code, n) => concept(code, n, isLater)),
        });
        using opened = openStore();
        const report = await opened.importJson(system('1', false), system('2', true));
        assert.equal(report.outcome, 'imported', JSON.stringify(report.findings));
        const [earlier, later] = [
          { url, version: '1' },
          { url, version: '2' },
        ];
        const changes = [...opened.store.diff('CodeSystem', earlier, later)];
        const lost = codes.filter((_, n) => ['removed', 'retired'].includes(planted[n]!));
        const told = changes.filter(takes).map(({ code }) => code);
        assert.deepEqual(told.sort(), lost);
        const compared: Compared = { kind: 'CodeSystem', earlier, later };
        const hits = hitsOf(compared, changes, {
          ...nobody,
          pins: [
            { by: 'channel c', maps: { lab: 'a/lab@1' }, valueSets: {} },
            { by: 'metric m', maps: {}, valueSets: { lactate: '1.2.3@v3' } },
          ],
          namedCodes: (kind) => new Set(kind === 'map' ? inMap : inSet),
        });
        const expected = [
          { by: 'channel c', codes: lost.filter((code) => inMap.includes(code)) },
          { by: 'metric m', codes: lost.filter((code) => inSet.includes(code)) },
        ].filter((one) => one.codes.length > 0);
        assert.deepEqual(
          hits.map((hit) => ({ by: hit.by, codes: hit.codes.toSorted() })),
          expected,
        );
      }),
      { numRuns: 12 },
    );
  });

  it('hits the pins of the earlier version alone, and says by how much', () => {
    const compared: Compared = {
      kind: 'ValueSet',
      earlier: { url: 'urn:oid:1.2.3', version: 'v3' },
      later: { url: 'urn:oid:1.2.3', version: 'v4' },
    };
    const gone = (code: string): Change => ({
      ...{ change: 'membership', code, system: 'http://loinc.org', was: 'member', now: null },
    });
    const changes = [gone('1-8'), gone('2-6'), { ...gone('3-4'), was: null, now: 'member' }];
    const seen = { use: 'lab-code', system: 'http://loinc.org', channel: 'mercy-west' };
    const pin = (by: string, text: string) => ({
      by,
      maps: {},
      valueSets: { lactate_loinc: text },
    });
    const hits = hitsOf(compared, changes, {
      ...nobody,
      pins: [pin('metric sep1', '1.2.3@v3'), pin('metric new', '1.2.3@v4')],
      observed: (_, code) => [
        { ...seen, code, month: 202611, count: 70 },
        { ...seen, code, month: 202610, count: 570 },
        { ...seen, code, month: 202608, count: 9000 },
      ],
    });
    assert.deepEqual(
      hits.map((hit) => sentenceOf(compared, hit)),
      [
        'lactate_loinc v3 to v4 drops 2 codes: 1,140 results a month at mercy-west; ' +
          'metric sep1 is hit',
      ],
    );
  });

  it('does not say that a code never comes where nobody counts those of its system', () => {
    const release = (version: string) => ({ url: 'urn:oid:1.2.3', version });
    const compared = { kind: 'ValueSet', earlier: release('1'), later: release('2') } as const;
    const gone = { change: 'membership', code: '1-8', system: 'urn:a', was: 'member', now: null };
    const pins = [{ by: 'metric m', maps: {}, valueSets: { lab: '1.2.3@1' } }];
    const said = (counted: string) => {
      const counts = (system: string | undefined) => system === counted;
      const hits = hitsOf(compared, [gone], { ...nobody, pins, counts });
      return hits.map((hit) => sentenceOf(compared, hit)).join();
    };
    assert.match(said('urn:a'), /drops 1 code: none of them was seen in the last months; metric m/);
    assert.match(said('urn:b'), /drops 1 code: no code of their system was counted here/);
  });

  it('tells of maps in git what the store tells of the same maps', async () => {
    const words = ['equivalent', 'wider', 'inexact'] as const;
    const table = fc.dictionary(
      fc.constantFrom(...codes),
      fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom(...words)),
      { minKeys: 1 },
    );
    await fc.assert(
      fc.asyncProperty(table, table, async (was, now) => {
        const rows = (one: typeof was) => Object.entries(one);
        const inGit = (one: typeof was, release: string) => ({
          release,
          targetSystems: new Set(['urn:t']),
          targets: new Map(
            rows(one).map(([code, [target, relationship]]) => [
              `urn:s\u001f${code}`,
              [{ system: 'urn:t', code: target, display: '', relationship }],
            ]),
          ),
        });
        const header = 'source_system,source_code,target_system,target_code,relationship';
        using opened = openStore();
        for (const [n, one] of [was, now].entries()) {
          const lines = rows(one).map(([code, [to, word]]) => `urn:s,${code},urn:t,${to},${word}`);
          const file = opened.write(`a/lab@${n}.csv`, `${[header, ...lines].join('\n')}\n`);
          const report = await opened.import([file]);
          assert.equal(report.outcome, 'imported', JSON.stringify(report.findings));
        }
        const of = (version: string) => ({ url: 'a/lab', version });
        const stored = [...opened.store.diff('ConceptMap', of('0'), of('1'))];
        const own = [...diffCodeMaps(inGit(was, 'a/lab@0'), inGit(now, 'a/lab@1'))];
        assert.deepEqual(
          own,
          stored.filter(({ code }) => code !== null),
        );
      }),
      { numRuns: 12 },
    );
  });
});
