// Goal: a transaction's links to its own entries are replaced wherever the standard says, and texts
// that only look like one are left. Method: a transaction whose entry is named in every kind of
// place, through read-fhir; the same Bundle as a batch keeps its links.
import assert from 'node:assert/strict';
import type { MessageId, Outcome } from '../../../engine/index.ts';
import { type Conversion, readFhirStage } from '../../../transforms/fhir/index.ts';

const context = { channel: 'c', revision: 'r', configDir: '', dataDir: '', key: Buffer.alloc(32) };
const about = { id: 1 as MessageId, generation: 0, channel: 'c', revision: 'r', sha256: 'ab' };

function setsOf(payload: object): readonly Record<string, unknown>[] {
  const raw = Buffer.from(JSON.stringify(payload));
  const work = { ...about, raw, receivedUs: 0, body: undefined };
  const outcome = readFhirStage.create({ source: 'north' }, context).run(work);
  assert.equal((outcome as Outcome<Conversion>).kind, 'pass');
  return (outcome as { body: Conversion }).body.contributions.map(({ set }) => set);
}

const fullUrl = 'urn:uuid:0b6f3a52-2d5e-4f6c-8a1b-000000000001';
const narrative = (link: string): string =>
  '<div xmlns="http://www.w3.org/1999/xhtml">' +
  `<a href="${link}">${fullUrl}</a> <img src='${link}' alt="${fullUrl}"/></div>`;

const note = (link: string) => ({
  text: { status: 'generated', div: narrative(link) },
  status: 'current',
  masterIdentifier: { system: 'urn:ietf:rfc:3986', value: fullUrl },
  content: [{ attachment: { url: link, title: fullUrl } }],
  extension: [
    { url: 'http://a.example/uri', valueUri: link },
    { url: 'http://a.example/canonical', valueCanonical: fullUrl },
    { url: 'http://a.example/string', valueString: fullUrl },
  ],
});

const bundle = (type: string) => ({
  resourceType: 'Bundle',
  type,
  entry: [
    {
      fullUrl,
      resource: { resourceType: 'Binary', contentType: 'text/plain', data: 'YQ==' },
      request: { method: 'POST', url: 'Binary' },
    },
    {
      resource: { resourceType: 'DocumentReference', ...note(fullUrl) },
      request: { method: 'POST', url: 'DocumentReference' },
    },
  ],
});

describe('links of a transaction', () => {
  it('are replaced in URIs and narratives, and nowhere else', () => {
    const [, said] = setsOf(bundle('transaction'));
    const { url } = (said as ReturnType<typeof note>).content[0]!.attachment;
    assert.match(url, /^Binary\/[0-9a-f-]{36}$/);
    assert.deepEqual(said, note(url));
  });

  it('are left in a batch, whose entries know nothing of each other', () => {
    const [, said] = setsOf(bundle('batch'));
    assert.deepEqual(said, note(fullUrl));
  });
});
