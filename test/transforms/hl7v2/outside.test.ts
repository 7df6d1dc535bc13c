import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  buildAck,
  decideCharset,
  dedupeKey,
  orderingKeys,
  peekHeader,
  splitBatch,
} from '../../../transforms/hl7v2/index.ts';

// Goal: what a listener needs of a message before it lands is read from the bytes alone, and an ACK
// is a valid message that names what it answers.
// Method: messages are built from random header values in random delimiters, and read back; an ACK
// is read with the same reader; what depends on a version or on bytes has an example each.

const word = fc.stringMatching(/^[A-Za-z0-9 _.-]{0,12}$/);
const delimiterSet = fc.constantFrom('|^~\\&', '|^~\\&#', '!^~\\&', '#@*/+', '|^~\\', '|^~');
const lead = fc.constantFrom('', '\ufeff', '\r\n', '\n \r', '\v');

const headers = fc.record({
  delimiters: delimiterSet,
  lead,
  end: fc.constantFrom('\r', '\n', '\r\n'),
  sendingApplication: word,
  sendingFacility: word,
  receivingApplication: word,
  receivingFacility: word,
  controlId: word,
  version: fc.constantFrom('', '2.1', '2.2', '2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.7', '2.8'),
  characterSets: fc.array(fc.constantFrom('ASCII', '8859/1', 'UNICODE UTF-8'), { maxLength: 1 }),
});

type HeaderValues = typeof headers extends fc.Arbitrary<infer T> ? T : never;

function messageOf(values: HeaderValues): Buffer {
  const [field, ...rest] = values.delimiters;
  const fields = [
    'MSH',
    rest.join(''),
    values.sendingApplication,
    values.sendingFacility,
    values.receivingApplication,
    values.receivingFacility,
    '20240102030405',
    '',
    ['ADT', 'A01'].join(rest[0]),
    values.controlId,
    'P',
    values.version,
    '',
    '',
    'AL',
    'NE',
    '',
    values.characterSets.join(rest[1]),
  ];
  return Buffer.from(`${values.lead}${fields.join(field)}${values.end}EVN${field}A01${values.end}`);
}

describe('peekHeader', () => {
  it('reads back what was written, in any delimiters', () => {
    fc.assert(
      fc.property(headers, (values) => {
        const header = peekHeader(messageOf(values));
        assert.ok(header);
        const { delimiters, lead: _, end: __, ...expected } = values;
        assert.partialDeepStrictEqual(header, expected);
        assert.equal(header.messageType, 'ADT^A01');
        assert.equal(header.encodingCharacters, delimiters.slice(1));
        assert.deepEqual([header.acceptAck, header.applicationAck], ['AL', 'NE']);
        assert.equal(messageOf(values).toString('latin1', header.start, header.start + 3), 'MSH');
      }),
    );
  });

  it('says undefined where there is no MSH, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (array) => {
        const bytes = Buffer.from(array);
        fc.pre(!bytes.includes('MSH'));
        assert.equal(peekHeader(bytes), undefined);
      }),
    );
    for (const text of ['', 'MSH', 'MSHX|', 'MSH\r', 'PID|1\rMSH|^~\\&|']) {
      assert.equal(peekHeader(Buffer.from(text)), undefined);
    }
  });

  it('takes the standard delimiters where MSH-2 is damaged', () => {
    for (const damaged of ['^~\\\\&', 'ABC', '^^~&', '']) {
      const header = peekHeader(Buffer.from(`MSH|${damaged}|A|B|||||ADT^A08|9`));
      assert.equal(header?.encodingCharacters, '^~\\&');
      assert.equal(header?.messageType, 'ADT^A08');
    }
  });
});

describe('orderingKeys', () => {
  const keys = (text: string, paths: string[] = []) =>
    orderingKeys(Buffer.from(`MSH|^~\\&|A|B\r${text}`), paths);

  it('are the first identifier of the patient, the merged one and the swapped one', () => {
    assert.deepEqual(keys('PID|1||77^^^MW&1.2&ISO~88^^^SSN\rPV1|1'), ['77']);
    assert.deepEqual(keys('PID|1||77^^^MW\nMRG|66^^^MW', ['PID-3.1']), ['77', '66']);
    assert.deepEqual(keys('PID|1||77\rPV1|1\rPID|2||78\rPV1|1'), ['77', '78']);
    assert.deepEqual(keys('PID|1||77\rMRG|77'), ['77']);
  });

  it('fall back to the fields that older versions use, and find a glued PID', () => {
    assert.deepEqual(keys('PID|1|55^^^X||44'), ['55']);
    assert.deepEqual(keys('PID|1|||44'), ['44']);
    assert.deepEqual(keys('EVN|A01|20240101PID|1||77\rPV1|1'), ['77']);
  });

  it('are the values at the paths that a channel names', () => {
    assert.deepEqual(keys('PID|1||77\rORC|NW|900^LAB', ['ORC-2.1']), ['900']);
    assert.deepEqual(keys('PID|1||77^^^A&1.2.3&ISO~88', ['PID-3[2]', 'PID-3.4.2']), [
      '88',
      '1.2.3',
    ]);
  });

  it('are none where there is no patient', () => {
    assert.deepEqual(keys('PV1|1|I'), []);
    assert.deepEqual(keys('PID|1||""'), []);
    assert.deepEqual(orderingKeys(Buffer.from('PID|1||77'), []), []);
  });
});

describe('splitBatch', () => {
  const message = (id: number, end: string) =>
    `MSH|^~\\&|A|B|||||ADT^A01|${id}${end}PID|1||${id}${end}`;

  it('gives back every message byte for byte, whatever stands around them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('\r', '\n', '\r\n'),
        (count, file, batch, end) => {
          const messages = Array.from({ length: count }, (_, id) => message(id, end));
          const body = [
            file ? `FHS|^~\\&|A|B|||||||F1${end}` : '',
            batch ? `BHS|^~\\&|A|B|||||||B1${end}` : '',
            ...messages,
            batch ? `BTS|${count}${end}` : '',
            file ? `FTS|1${end}` : '',
          ].join('');
          const bytes = Buffer.from(body);
          const found = splitBatch(bytes);
          if (count === 1 && !file && !batch) {
            assert.deepEqual(found, { kind: 'single' });
            return;
          }
          assert.equal(found.kind, 'batch');
          assert.ok(found.kind === 'batch');
          const parts = found.parts.map(({ start, end }) => bytes.toString('utf8', start, end));
          assert.deepEqual(parts, messages);
          assert.equal(found.controlId, file ? 'F1' : batch ? 'B1' : '');
          assert.deepEqual(found.issues, []);
        },
      ),
    );
  });

  it('flags a wrong count and a missing trailer', () => {
    const found = splitBatch(Buffer.from(`FHS|^~\\&|A\rBHS|^~\\&|A\r${message(1, '\r')}BTS|5\r`));
    assert.ok(found.kind === 'batch');
    const codes = found.issues.map(({ code }) => code);
    assert.deepEqual(codes, ['batch-count', 'batch-trailer-missing']);
  });

  it('leaves text that only speaks of MSH alone', () => {
    const text = `${message(1, '\r')}OBX|1|TX|||see\nMSH-3 and\nMSH: none|\r`;
    assert.deepEqual(splitBatch(Buffer.from(text)), { kind: 'single' });
  });
});

describe('decideCharset', () => {
  const decide = (bytes: Buffer, ...declared: string[]) => {
    const decision = decideCharset(bytes, { declared, fallback: 'windows-1252' });
    if ('refused' in decision) return decision.refused.code;
    return [decision.encoding, ...decision.issues.map(({ code }) => code)].join(' ');
  };
  const utf8 = Buffer.from('PID|Müller');
  const latin1 = Buffer.from('PID|Müller', 'latin1');

  it('lets the bytes decide before MSH-18, and flags a contradiction', () => {
    assert.equal(decide(Buffer.from('PID|Muller'), 'UNICODE UTF-8'), 'ascii');
    assert.equal(decide(Buffer.from('\ufeffPID|Müller'), '8859/1'), 'utf-8');
    assert.equal(decide(utf8), 'utf-8');
    assert.equal(decide(utf8, 'UNICODE UTF-8'), 'utf-8');
    assert.equal(decide(utf8, '8859/1'), 'utf-8 charset-contradicts-msh18');
    assert.equal(decide(latin1), 'windows-1252');
    assert.equal(decide(latin1, '8859/15'), 'iso-8859-15');
    assert.equal(decide(latin1, 'UNICODE UTF-8'), 'windows-1252 charset-contradicts-msh18');
    assert.equal(decide(latin1, 'ASCII', '8859/1'), 'iso-8859-1 charset-contradicts-msh18');
    assert.equal(decide(Buffer.from([0x50, 0x93, 0x94]), '8859/1').split(' ')[0], 'windows-1252');
    assert.equal(decide(latin1, 'KLINGON'), 'windows-1252 charset-unknown');
  });

  it('takes a character that the end cut for what it is', () => {
    assert.equal(decide(Buffer.from('Müller Ä').subarray(0, -1)), 'utf-8 charset-undecodable');
  });

  it('refuses UTF-16 and UTF-32, with and without a BOM', () => {
    const utf16 = Buffer.from('MSH|^~\\&|', 'utf16le');
    const variants = [utf16, Buffer.from(utf16).swap16(), Buffer.from('\ufeffMSH|', 'utf16le')];
    for (const bytes of variants) assert.equal(decide(bytes), 'charset-utf16');
  });
});

describe('buildAck', () => {
  const issue = {
    severity: 'error',
    code: 'journal-unavailable',
    diagnostics: 'The disk | is full.',
    path: 'PID-3[2].4',
  } as const;

  it('answers in the sender’s delimiters, with its names swapped and its control id', () => {
    fc.assert(
      fc.property(headers, fc.boolean(), (values, faulty) => {
        const header = peekHeader(messageOf(values))!;
        const ack = buildAck({
          header,
          code: faulty ? 'AE' : 'AA',
          ackControlId: 'PLX1',
          timestampUs: 1_700_000_000_123_456,
          issues: faulty ? [issue] : [],
        });
        const read = peekHeader(ack)!;
        assert.equal(read.sendingApplication, values.receivingApplication);
        assert.equal(read.receivingFacility, values.sendingFacility);
        assert.equal(read.timestamp, '20231114221320+0000');
        assert.equal(read.messageCode, 'ACK');
        assert.equal(read.controlId, 'PLX1');
        assert.equal(
          dedupeKey(read),
          dedupeKey({ ...header, ...swapped(header), controlId: 'PLX1' }),
        );
        const segments = ack.toString('latin1').split('\r');
        const msa = segments[1]!.split(header.fieldSeparator);
        assert.deepEqual(msa, ['MSA', faulty ? 'AE' : 'AA', values.controlId]);
        assert.equal(segments.length, faulty ? 4 : 3);
        assert.equal(segments.at(-1), '');
        if (faulty) assert.equal(segments[2]!.slice(0, 3), 'ERR');
      }),
    );
  });

  const swapped = (header: ReturnType<typeof peekHeader> & object) => ({
    sendingApplication: header.receivingApplication,
    sendingFacility: header.receivingFacility,
  });

  it('writes MSH-9 and ERR as the version wants them', () => {
    const render = (version: string) => {
      const header = peekHeader(Buffer.from(`MSH|^~\\&|A|B|C|D|||ADT^A01|7|T|${version}\r`));
      const ack = { header, ackControlId: '1', timestampUs: 0, text: 'No.', issues: [issue] };
      return buildAck({ ...ack, code: 'AE' })
        .toString()
        .replace(/^MSH(?:[^|]*\|){8}/, '')
        .split('\r');
    };
    const eld = 'ERR|PID^1^3^207&The disk \\F\\ is full.&HL70357';
    const err =
      'ERR||PID^1^3^2^4|207^Application internal error^HL70357|E|' +
      'journal-unavailable^^L|||The disk \\F\\ is full.';
    assert.deepEqual(render('2.2'), ['ACK|1|T|2.2', 'MSA|AE|7|No.', eld, '']);
    assert.deepEqual(render('2.3'), ['ACK^A01|1|T|2.3', 'MSA|AE|7|No.', eld, '']);
    assert.deepEqual(render('2.4'), ['ACK^A01^ACK|1|T|2.4', 'MSA|AE|7|No.', eld, '']);
    assert.deepEqual(render('2.5^FRA^2.11'), [
      'ACK^A01^ACK|1|T|2.5^FRA^2.11',
      'MSA|AE|7|No.',
      err,
      '',
    ]);
    assert.deepEqual(render('2.8'), ['ACK^A01^ACK|1|T|2.8', 'MSA|AE|7', err, '']);
  });

  it('answers what was no message, and lets no control character through', () => {
    const ack = { code: 'AR', ackControlId: '1', timestampUs: 0 } as const;
    const none = buildAck({ ...ack, header: undefined }).toString();
    assert.equal(none, 'MSH|^~\\&|||||19700101000000+0000||ACK|1|P|2.5.1\rMSA|AR|\r');
    const header = peekHeader(Buffer.from('MSH|^~\\&|A\x1c|B\x0b|||||ADT^A01|7\x1c8|P|2.5\r'))!;
    assert.doesNotMatch(buildAck({ ...ack, header, text: 'a\rb' }).toString(), /[\x0b\x1c]|\rb/);
  });

  it('says the second of its landing, whichever ACK was rendered before', () => {
    const near = fc.integer({ min: 1_699_999_999_000_000, max: 1_700_000_001_999_999 });
    fc.assert(
      fc.property(fc.array(near), (times) => {
        for (const timestampUs of times) {
          const ack = buildAck({ header: undefined, code: 'AA', ackControlId: '1', timestampUs });
          const iso = new Date(timestampUs / 1000).toISOString();
          const second = `${iso.slice(0, 19).replace(/[-T:]/g, '')}+0000`;
          assert.equal(ack.toString().split('|')[6], second);
        }
      }),
    );
  });

  it('repeats names in the bytes of the message', () => {
    for (const encoding of ['utf8', 'latin1'] as const) {
      const message = Buffer.from('MSH|^~\\&|Hôpital|B|||||ADT^A01|7|P|2.5\r', encoding);
      const ack = buildAck({
        header: peekHeader(message),
        code: 'AA',
        ackControlId: '1',
        timestampUs: 0,
      });
      assert.ok(ack.includes(Buffer.from('|Hôpital|', encoding)));
    }
  });
});
