// Random messages as senders mean them, and the bytes that they would send for them.
import { isAscii, isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { type Delimiters, escapeText } from '../../../transforms/hl7v2/index.ts';

/** A message as a sender means it: field, repetition, component, subcomponent. */
export type Written = {
  readonly delimiters: Delimiters;
  readonly encoding: string;
  readonly lineEnd: string;
  readonly bom: boolean;
  readonly segments: readonly {
    readonly name: string;
    readonly fields: readonly (readonly (readonly (readonly string[])[])[])[];
  }[];
  encode(text: string): Buffer;
};

const charsets: Readonly<Record<string, { declared: string; letters: string }>> = {
  'utf-8': { declared: 'UNICODE UTF-8', letters: 'éß山🩺İ' },
  'windows-1252': { declared: '', letters: 'é–“”€' },
  'iso-8859-15': { declared: '8859/15', letters: 'éßñ€' },
  'iso-8859-5': { declared: '8859/5', letters: 'ЖШЯ' },
  gb18030: { declared: 'GB 18030-2000', letters: '张伟龙' },
  shift_jis: { declared: 'ISO IR14', letters: 'ﾔﾏ山田ソ表' },
};

const delimiters = fc.constantFrom('|^~\\&', '|^~\\&#', '!@*/+').map(
  ([field, component, repetition, mark, subcomponent, truncation]): Delimiters => ({
    field: field!,
    component: component!,
    repetition: repetition!,
    escape: mark!,
    subcomponent: subcomponent!,
    truncation: truncation ?? '',
    declared: true,
  }),
);

const names = fc.constantFrom('PID', 'PV1', 'OBX', 'NTE', 'ZPD');

function segmentsOf(letters: string) {
  const unit = fc.constantFrom(...'ab 1-"|^~\\&#!@*/+', ...letters);
  const text = fc.string({ unit, maxLength: 6 });
  const nest = <T>(inner: fc.Arbitrary<T>) => fc.array(inner, { minLength: 1, maxLength: 3 });
  const fields = fc.array(nest(nest(nest(text))), { minLength: 1, maxLength: 5 });
  return fc.array(fc.record({ name: names, fields }), { minLength: 1, maxLength: 4 });
}

export const messages: fc.Arbitrary<Written> = fc
  .constantFrom(...Object.keys(charsets))
  .chain((encoding) =>
    fc.record({
      delimiters,
      encoding: fc.constant(encoding),
      lineEnd: fc.constantFrom('\r', '\n', '\r\n'),
      bom: encoding === 'utf-8' ? fc.boolean() : fc.constant(false),
      segments: segmentsOf(charsets[encoding]!.letters),
      encode: fc.constant((text: string) => iconv.encode(text, encoding)),
    }),
  )
  // A few single-byte texts happen to be UTF-8 as well and are read as such, flagged: that rule has
  // an example of its own, and here it would be taken for damage.
  .filter((written) => written.encoding === 'utf-8' || !looksLikeUtf8(write(written)));

const looksLikeUtf8 = (bytes: Buffer): boolean => !isAscii(bytes) && isUtf8(bytes);

/** The bytes a sender would send. */
export function write(written: Written): Buffer {
  const {
    field,
    component,
    repetition,
    escape: mark,
    subcomponent,
    truncation,
  } = written.delimiters;
  const lines = [
    [
      `MSH${field}${component}${repetition}${mark}${subcomponent}${truncation}`,
      ...['APP', 'FAC', '', '', '20240101', '', `ADT${component}A01`, '1', 'P', '2.8'],
      ...['', '', '', '', '', charsets[written.encoding]!.declared],
    ].join(field),
    ...written.segments.map(({ name, fields }) =>
      [
        name,
        ...fields.map((repetitions) =>
          repetitions
            .map((components) =>
              components
                .map((parts) =>
                  parts.map((text) => escapeText(text, written.delimiters)).join(subcomponent),
                )
                .join(component),
            )
            .join(repetition),
        ),
      ].join(field),
    ),
  ];
  const text = lines.map((line) => line + written.lineEnd).join('');
  return written.encode((written.bom ? '\ufeff' : '') + text);
}
