// Goal: an MDM message says what a document is, how it stands, and what is in it. Method: a table
// of messages of our own, one for each trigger, status and kind of content.
import assert from 'node:assert/strict';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { bytes, withField } from '../messages.ts';
import { idsOf, itMeans, type Meaning } from '../table.ts';

const base = loadMapping('config', 'base');

const head = [
  'MSH|^~\\&|DOC|HOSP|PLEXUS|HUB|20240310143000-0500||MDM^T02^MDM_T02|D1|P|2.5.1',
  'EVN|T02|20240310143000-0500',
  'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
  'PV1|1|I|||||||||||||||||V1^^^HOSP&2.999.1&ISO',
  'TXA|1|DS^Discharge Summary|TX|20240310120000-0500|1122^Alaz^Mo|' +
    '20240310130000-0500|||1123^Berg^Li|||' +
    'DOC7^HIS|DOC6^HIS|PO1^EHR|FO1^LAB|summary.txt|AU|R|AV|||1124^Cole^Ed|||Discharge, final',
];
const line = (number: number, type: string, value: string) =>
  `OBX|${number}|${type}|11490-0^Discharge summary^LN||${value}||||||F`;
const text = [line(1, 'TX', 'First line'), line(2, 'TX', ''), line(3, 'TX', 'Third \\T\\ last')];
const as = (trigger: string, message: readonly string[] = [...head, ...text]) =>
  withField(message, 'MSH', 9, `MDM^${trigger}^MDM_T02`);
const base64 = (words: string) => Buffer.from(words).toString('base64');
const attachment = 'DocumentReference.content[0].attachment';

const statuses: readonly Meaning[] = [
  ['AU', 'AV', 'final', 'current'],
  ['LA', 'AV', 'final', 'current'],
  ['PA', 'AV', 'preliminary', 'current'],
  ['DI', 'UN', 'preliminary', 'current'],
  ['IP', '', 'preliminary', 'current'],
  ['LA', 'OB', 'final', 'superseded'],
  ['LA', 'CA', 'entered-in-error', 'entered-in-error'],
].map(([completion = '', availability = '', docStatus, status]) => ({
  name: `TXA-17 ${completion} and TXA-19 "${availability}" are ${docStatus} and ${status}`,
  message: withField(withField([...head, ...text], 'TXA', 17, completion), 'TXA', 19, availability),
  expect: { 'DocumentReference.docStatus': docStatus, 'DocumentReference.status': status },
}));

const numbers: readonly Meaning[] = [
  ['^^1.2.840.5^ISO', 'urn:oid:1.2.840.5', 'urn:ietf:rfc:3986'],
  ['^^55501', '55501', undefined],
].map(([written = '', value, system]) => ({
  name: `a number that stands in the universal id alone (${written})`,
  message: withField([...head, ...text], 'TXA', 12, written),
  expect: {
    'DocumentReference.masterIdentifier.value': value,
    'DocumentReference.masterIdentifier.system': system,
  },
}));

const relations: readonly Meaning[] = [
  ['T05', 'appends'],
  ['T06', 'appends'],
  ['T09', 'replaces'],
  ['T10', 'replaces'],
  ['T02', undefined],
  ['T04', undefined],
].map(([trigger = '', code]) => ({
  name: `${trigger} ${code ?? 'says nothing of'} the document in TXA-13`,
  message: as(trigger),
  expect: {
    'DocumentReference.relatesTo[0].code': code,
    'DocumentReference.relatesTo[0].target.identifier.value': code && 'DOC6',
  },
}));

const superseded: readonly Meaning[] = ['T09', 'T10'].map((trigger) => ({
  name: `${trigger} marks the document in TXA-13 as superseded`,
  message: as(trigger),
  expect: {
    'DocumentReference[1].masterIdentifier.value': 'DOC6',
    'DocumentReference[1].status': 'superseded',
    'DocumentReference[1].docStatus': undefined,
  },
}));

describe('documents', () => {
  itMeans(base, [
    {
      name: 'are lines of text, joined, with what the header says of them',
      message: as('T02'),
      expect: {
        'DocumentReference.masterIdentifier.value': 'DOC7',
        'DocumentReference.identifier[0].value': 'summary.txt',
        'DocumentReference.type.coding[0].code': 'DS',
        'DocumentReference.date': '2024-03-10T13:00:00-05:00',
        'DocumentReference.author[0].identifier.value': '1123',
        'DocumentReference.authenticator.identifier.value': '1124',
        'DocumentReference.description': 'Discharge, final',
        'DocumentReference.securityLabel[0].coding[1].code': 'R',
        'DocumentReference.context.period.start': '2024-03-10T12:00:00-05:00',
        'DocumentReference.context.related[0].identifier.value': 'PO1',
        'DocumentReference.context.related[1].identifier.value': 'FO1',
        [attachment]: {
          contentType: 'text/plain',
          data: base64('First line\n\nThird & last'),
        },
        'DocumentReference.content[1]': undefined,
      },
    },
    {
      name: 'FT keeps its line breaks',
      message: [...head, line(1, 'FT', 'One\\.br\\Two')],
      expect: { [`${attachment}.data`]: base64('One\nTwo') },
    },
    {
      name: 'RTF in a text field is RTF',
      message: [...head, line(1, 'TX', '{\\E\\rtf1 Hello}')],
      expect: { [attachment]: { contentType: 'application/rtf', data: base64('{\\rtf1 Hello}') } },
    },
    {
      name: 'a PDF that is called text is a PDF',
      message: [...head, line(1, 'TX', base64('%PDF-1.4 and so on'))],
      expect: {
        [attachment]: { contentType: 'application/pdf', data: base64('%PDF-1.4 and so on') },
      },
    },
    {
      name: 'ED is a file of the type that it names, beside the text',
      message: [...head, ...text, line(4, 'ED', `^AP^PDF^Base64^${base64('%PDF')}`)],
      expect: {
        'DocumentReference.content[1].attachment.contentType': 'application/pdf',
        'DocumentReference.content[1].attachment.data': base64('%PDF'),
      },
    },
    {
      name: 'RP is a pointer',
      message: [...head, line(1, 'RP', 'https://docs.example/7')],
      expect: { [`${attachment}.url`]: 'https://docs.example/7' },
    },
    {
      name: 'a value that is neither text nor file is a value beside the document',
      message: [...head, ...text, 'OBX|4|NM|30525-0^Age^LN||44|a^year^UCUM|||||F'],
      expect: { 'Observation.valueQuantity.value': 44, 'Observation[1]': undefined },
    },
    {
      name: 'a notification without content says what the header says',
      message: as('T01', head),
      expect: {
        [attachment]: {
          contentType: 'text/plain',
          creation: '2024-03-10T13:00:00-05:00',
          title: 'Discharge, final',
        },
      },
    },
    {
      name: 'T11 cancels: the document is kept and says that it was an error',
      message: as('T11', head),
      expect: {
        'DocumentReference.status': 'entered-in-error',
        'DocumentReference.docStatus': 'entered-in-error',
      },
    },
    {
      name: 'one without a number waits',
      message: withField([...head, ...text], 'TXA', 12, ''),
      outcome: 'quarantined',
      issues: ['document-number-missing'],
    },
    ...statuses,
    ...numbers,
    ...relations,
    ...superseded,
    {
      name: 'a replacement of itself replaces no other',
      message: withField(as('T10'), 'TXA', 13, 'DOC7^HIS'),
      expect: { 'DocumentReference[0].status': 'current', 'DocumentReference[1]': undefined },
    },
  ]);

  it('keep their id from the first notice to the cancellation', () => {
    const [id] = idsOf(base, as('T01', head), 'DocumentReference');
    assert.ok(id);
    for (const trigger of ['T02', 'T03', 'T04', 'T05', 'T07', 'T08', 'T10', 'T11'])
      assert.equal(idsOf(base, as(trigger), 'DocumentReference')[0], id);
    const other = withField([...head], 'TXA', 12, 'DOC7^OTHER');
    assert.notDeepEqual(idsOf(base, other, 'DocumentReference'), [id]);
  });

  it('say nothing new of one that is replaced but that it is', () => {
    const parent = withField(withField(head, 'TXA', 12, 'DOC6^HIS'), 'TXA', 13, '');
    const [id] = idsOf(base, as('T02', parent), 'DocumentReference');
    const said = convertBytes(base, bytes(as('T10'))).conversion?.contributions;
    const replaced = said?.find((one) => one.id === id);
    assert.deepEqual(Object.keys(replaced?.set ?? {}), ['masterIdentifier', 'status']);
  });

  it('content that was sent is not lost by a later message without it', () => {
    const later = convertBytes(base, bytes(as('T03', head))).conversion?.contributions;
    const document = later?.find((one) => one.type === 'DocumentReference');
    assert.equal(document?.set.content, undefined);
    assert.ok(document?.initial?.content);
  });
});
