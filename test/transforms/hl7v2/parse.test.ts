import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  escapeText,
  type Hl7Message,
  orderingKeys,
  type ParseOptions,
  parse,
  parsePath,
  standardDelimiters,
  unescapeText,
} from '../../../transforms/hl7v2/index.ts';
import { messages, type Written, write } from './random-message.ts';

// Goal: parse gives back exactly what a sender wrote, however it ends its lines; where the message
// is damaged it says so and invents nothing.
// Method: random messages are written with escapes in random delimiters and encodings and read
// back, field by field, also from every prefix; each rule for damage has an example.

const header = 'MSH|^~\\&|A|B|C|D|2024||ADT^A01|1|P|2.5.1';

const codes = (message: Hl7Message) => message.issues.map(({ code }) => code);
const parseText = (text: string, options?: ParseOptions) =>
  parse(Buffer.from(`${header}\r${text}`), options);

/** Every leaf of a written message with the path that should lead to it. */
function* leaves(written: Written): Generator<readonly [path: string, text: string]> {
  const seen = new Map<string, number>();
  for (const { name, fields } of written.segments) {
    const occurrence = (seen.get(name) ?? 0) + 1;
    seen.set(name, occurrence);
    for (const [f, repetitions] of fields.entries())
      for (const [r, components] of repetitions.entries())
        for (const [c, subcomponents] of components.entries())
          for (const [s, text] of subcomponents.entries())
            yield [`${name}[${occurrence}]-${f + 1}[${r + 1}].${c + 1}.${s + 1}`, text];
  }
}

describe('parse', () => {
  it('gives back every value at its path, in any delimiters, encoding and line end', () => {
    fc.assert(
      fc.property(messages, (written) => {
        const message = parse(write(written));
        assert.deepEqual(message.issues, []);
        assert.equal(
          message.encoding === 'ascii' ? written.encoding : message.encoding,
          written.encoding,
        );
        for (const [path, text] of leaves(written)) {
          const expected = text === '' || text === '""' ? undefined : text;
          assert.equal(message.get(path), expected, path);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on a prefix, and never makes a value that was not begun', () => {
    fc.assert(
      fc.property(messages, (written) => {
        const bytes = write(written);
        const { start } = parse(bytes).header;
        for (let cut = start + 4; cut < bytes.length; cut += 1) {
          const message = parse(bytes.subarray(0, cut));
          for (const [path, text] of leaves(written)) {
            const found = message.get(path);
            const begun = found === undefined || text.startsWith(found);
            // A cut escape or character stays as written, and is flagged.
            const flagged = codes(message).some((code) => /^(escape|charset)-/.test(code));
            assert.ok(begun || flagged, path);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('throws only where there is no MSH, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (array, led) => {
        const bytes = led ? Buffer.concat([Buffer.from(`${header}\r`), array]) : Buffer.from(array);
        if (!led && !bytes.includes('MSH')) {
          assert.throws(() => parse(bytes), { code: 'no-msh' });
          return;
        }
        if (!led) return;
        const message = parse(bytes, { segmentRepairs: ['glued-segments', 'tilde-damaged'] });
        for (const segment of message.segments) {
          for (let field = 1; field <= segment.fieldCount; field += 1) segment.value(field);
        }
        assert.deepEqual(message.unvisited(), []);
      }),
      { numRuns: 500 },
    );
  });

  it('shows the bytes of a value as they came', () => {
    fc.assert(
      fc.property(messages, (written) => {
        const bytes = write(written);
        const message = parse(bytes);
        for (const [path, text] of leaves(written)) {
          const raw = message.raw(path);
          assert.ok(raw);
          const { encode, delimiters } = written;
          assert.deepEqual(raw, encode(escapeText(text, delimiters)), path);
        }
        for (const { offset, name } of message.segments) {
          assert.equal(bytes.toString('latin1', offset, offset + 3), name);
        }
      }),
    );
  });
});

describe('fields', () => {
  const message = parseText('PID|1||""~7^^^MW&1.2&ISO||A & B^C||^^|~|\rOBX|1\rOBX|2|NM|x||5~6\r');

  it('tell absent, empty, null and value apart', () => {
    const presence = (path: string) => message.presence(path);
    assert.equal(presence('PID-1'), 'value');
    assert.equal(presence('PID-2'), 'empty');
    assert.equal(presence('PID-7'), 'empty');
    assert.equal(presence('PID-8'), 'empty');
    assert.equal(presence('PID-30'), 'absent');
    assert.equal(presence('PV1-1'), 'absent');
    assert.equal(presence('PID-3[1]'), 'null');
    assert.equal(presence('PID-3[2].4.2'), 'value');
    assert.equal(parseText('PID|""').presence('PID-1.4'), 'null');
    assert.equal(message.get('PID-3'), undefined);
  });

  it('count repetitions and components from 1', () => {
    assert.equal(message.repetitions('PID-3'), 2);
    assert.equal(message.repetitions('PID-2'), 0);
    assert.equal(message.segment('PID')?.components(3, 2), 4);
    assert.equal(message.get('PID-3[2].4.3'), 'ISO');
    assert.equal(message.get('OBX[2]-5[2]'), '6');
    assert.equal(message.get('OBX-5'), undefined);
    assert.equal(message.get('PID-3[3]'), undefined);
  });

  it('can be read whole, with the delimiters that a sender meant as text', () => {
    assert.equal(message.get('PID-5'), 'A ');
    assert.equal(message.getText('PID-5.1'), 'A & B');
    assert.equal(message.getText('PID-5'), 'A & B^C');
    assert.equal(message.raw('PID-5.1')?.toString(), 'A & B');
  });

  it('of MSH count the separator as the first', () => {
    assert.equal(message.get('MSH-1'), '|');
    assert.equal(message.get('MSH-2'), '^~\\&');
    assert.equal(message.get('MSH-9.2'), 'A01');
    assert.equal(message.segment('MSH')?.fieldCount, 12);
    assert.equal(message.raw('MSH-1')?.toString(), '|');
  });

  it('that nobody read are told, each once, as long as they say something', () => {
    const fresh = parseText('PID|1||7^^^MW||^^|""|x\rZPD|a\rOBX|1|2\rOBX|3');
    fresh.get('PID-3.4');
    fresh.get('OBX-1');
    const header = ['MSH-3', 'MSH-4', 'MSH-5', 'MSH-6', 'MSH-7', 'MSH-11'];
    const rest = ['PID-1', 'PID-6', 'PID-7', 'ZPD-1', 'OBX-2', 'OBX-1'];
    assert.deepEqual(fresh.unvisited(), [...header, ...rest]);
    for (const segment of fresh.segments) for (let f = 1; f < 99; f += 1) segment.value(f);
    assert.deepEqual(fresh.unvisited(), []);
  });
});

describe('paths', () => {
  it('that are none are refused', () => {
    for (const text of [
      'PID',
      'PID-0',
      'PID-3.',
      'PID-3[0]',
      'pid-3',
      'PID.3',
      'PID-3.4.1.2',
      '',
    ]) {
      assert.equal(parsePath(text), undefined);
    }
  });
});

describe('segments', () => {
  it('end in CR, LF or CRLF, and a lone LF among CRs is text', () => {
    const names = (text: string) => parse(Buffer.from(text)).segments.map(({ name }) => name);
    const three = ['MSH', 'PID', 'OBX'];
    for (const end of ['\r', '\n', '\r\n', '\r\r', '\n\n', '\r\n \r\n']) {
      assert.deepEqual(names([header, 'PID|1', 'OBX|1', ''].join(end)), three);
    }
    assert.deepEqual(names(`${header}\rPID|1\nOBX|1\r\n\x1c`), three);
    const text = parseText('OBX|1|TX|||one\ntwo three\nfour|||N\rNTE|1||x\n\ny\r');
    assert.equal(text.get('OBX-5'), 'one\ntwo three\nfour');
    assert.equal(text.get('OBX-8'), 'N');
    assert.equal(text.get('NTE-3'), 'x\n\ny');
    assert.deepEqual(codes(text), []);
  });

  it('go on behind a line break that a sender left in a value, and it is flagged', () => {
    const message = parseText('NTE|1||first\rsecond line\rPV1|1|I\r');
    assert.equal(message.get('NTE-3'), 'first\rsecond line');
    assert.equal(message.get('PV1-2'), 'I');
    assert.deepEqual(codes(message), ['line-break-in-value']);
  });

  it('that nobody can name are an error, and no value of the one before', () => {
    const message = parseText('PID|1||7\rApt 4|Springfield\rmore\rPV1|1|I\r');
    assert.equal(message.getText('PID-3'), '7');
    assert.equal(message.get('PV1-2'), 'I');
    assert.deepEqual(codes(message), ['segment-unreadable', 'line-break-in-value']);
    assert.equal(message.issues[0]?.offset, header.length + 10);
    assert.deepEqual(codes(parseText('PID|1||7\rPV')), ['segment-truncated']);
  });

  it('of a second message are not read into the first', () => {
    const message = parseText(`PID|1||7\r${header}\rPID|1||8`);
    assert.equal(message.all('PID').length, 1);
    assert.deepEqual(codes(message), ['several-messages']);
  });

  it('that are glued are parted where the dialect asks, and words are left alone', () => {
    const text = 'EVN|A01|20240101PID|1||7^^^RAPID|x|OBX|y||PV1|1|I\r';
    const plain = parseText(text);
    assert.deepEqual(
      plain.segments.map(({ name }) => name),
      ['MSH', 'EVN'],
    );
    const repaired = parseText(text, { segmentRepairs: ['glued-segments'] });
    assert.deepEqual(
      repaired.segments.map(({ name }) => name),
      ['MSH', 'EVN', 'PID', 'PV1'],
    );
    assert.equal(repaired.get('EVN-2'), '20240101');
    assert.equal(repaired.get('PID-3.4'), 'RAPID');
    assert.equal(repaired.get('PV1-2'), 'I');
    assert.deepEqual(codes(repaired), ['segment-glued', 'segment-glued']);
    const msh = parse(Buffer.from(`${header}EVN|A01\r`), { segmentRepairs: ['glued-segments'] });
    assert.deepEqual(
      msh.segments.map(({ name }) => name),
      ['MSH', 'EVN'],
    );
    assert.equal(msh.get('MSH-12'), '2.5.1');
  });

  it('have their damaged tilde repaired where the dialect asks, and bytes stay the truth', () => {
    for (const encoding of ['utf8', 'windows-1252'] as const) {
      const encode = (text: string) =>
        encoding === 'utf8'
          ? Buffer.from(text)
          : Buffer.from(text.replaceAll('\u02dc', '\x98'), 'latin1');
      const bytes = encode(`${header}\rPID|1||é7\u02dc8\u02dc9\rPV1|1|I`);
      assert.equal(parse(bytes).repetitions('PID-3'), 1);
      const repaired = parse(bytes, { segmentRepairs: ['tilde-damaged'] });
      assert.equal(repaired.get('PID-3[3]'), '9');
      assert.deepEqual(codes(repaired), ['tilde-repaired']);
      assert.deepEqual(repaired.raw('PID-3[2]'), encode('8'));
      assert.deepEqual(repaired.raw('PV1-2'), encode('I'));
    }
  });
});

describe('escapes', () => {
  const text = (value: string) => {
    const flags: string[] = [];
    const read = unescapeText(value, standardDelimiters, 'utf-8', (code) => flags.push(code));
    return flags.length === 0 ? read : `${read} (${flags})`;
  };

  it('give back any text that was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        assert.equal(text(escapeText(value, standardDelimiters)), value);
      }),
    );
  });

  it('are decoded once, as the standard says', () => {
    assert.equal(text('\\F\\\\S\\\\R\\\\T\\\\E\\'), '|^~&\\');
    assert.equal(text('\\E\\F\\E\\'), '\\F\\');
    assert.equal(text('a\\.br\\b\\.sp2\\c\\.in+4\\\\.ti-2\\\\.sk3\\d'), 'a\nb\n\nc   d');
    assert.equal(text('\\H\\bold\\N\\'), 'bold');
    assert.equal(text('\\X0D0A\\\\XC3A9\\'), '\r\né');
  });

  it('that are unknown stay as written and are flagged', () => {
    assert.equal(text('\\Q\\x'), '\\Q\\x (escape-unknown)');
    assert.equal(text('\\Z12\\x'), '\\Z12\\x (escape-local)');
    assert.equal(text('50\\60'), '50\\60 (escape-unknown)');
    assert.equal(text('\\XABC\\'), '\\XABC\\ (escape-unknown)');
    assert.equal(text('a\\ b\\T\\c'), 'a\\ b&c (escape-unknown)');
    assert.equal(text('\\P\\'), '\\P\\ (escape-unknown)');
    const message = parseText('PID|1||a\\Q\\b~\\Q\\');
    message.get('PID-3');
    message.get('PID-3[2]');
    assert.deepEqual(
      message.issues.map(({ code, path, offset }) => [code, path, offset]),
      [['escape-unknown', 'PID-3', header.length + 8]],
    );
  });

  it('shift to other character sets and back', () => {
    const read = (hex: string, bytes: number[], tail = '') => {
      const body = Buffer.concat([
        Buffer.from(`\\${hex}\\`),
        Buffer.from(bytes),
        Buffer.from(tail),
      ]);
      return unescapeText(body.toString('latin1'), standardDelimiters, 'iso-8859-1', () => {});
    };
    assert.equal(read('C2D4C', [0xbc, 0xde, 0xe1], '\\C2842\\ok'), 'Моcok'.replace('c', 'с'));
    assert.equal(read('M2442', [0x3b, 0x33, 0x45, 0x44], '\\C2842\\ ok'), '山田 ok');
    assert.equal(read('C2949', [0xd4, 0xcf]), 'ﾔﾏ');
  });

  it('use the truncation character that the message declares', () => {
    const message = parse(Buffer.from('MSH|^~\\&#|A|B|||||ADT^A01|1|P|2.8\rPID|1||a\\P\\b'));
    assert.equal(message.get('PID-3'), 'a#b');
    assert.deepEqual(codes(message), []);
  });
});

describe('hostile messages', () => {
  const size = 1_000_000;
  const options: ParseOptions = {
    charset: 'utf-8',
    segmentRepairs: ['glued-segments', 'tilde-damaged'],
  };
  const patterns = [
    'PID|||1\r',
    'x|\r',
    '\\',
    '|',
    '1PID|',
    '\n',
    '\u02dc',
    '\xff|\r',
    '^',
    '\r \n',
  ];

  for (const pattern of patterns) {
    it(`of nothing but ${JSON.stringify(pattern)} are read in one pass, with few issues`, () => {
      const encoding = pattern.startsWith('\xff') ? 'latin1' : 'utf8';
      const body = Buffer.from(pattern.repeat(size / pattern.length), encoding);
      const message = parse(Buffer.concat([Buffer.from(`${header}\rNTE|1||`), body]), options);
      message.get('NTE-3');
      message.unvisited();
      assert.ok(message.segments.length <= 200_000);
      assert.ok(message.issues.length <= 102);
      assert.ok(orderingKeys(message.bytes, []).length <= 1_000);
    });
  }
});
