/** What people type where they have no value; compared without case and punctuation. */
const anywhere = new Set([
  'ANONYMOUS',
  'DUMMY',
  'NA',
  'NIL',
  'NONE',
  'NOTAVAILABLE',
  'NOTGIVEN',
  'NOTKNOWN',
  'NOTSTATED',
  'NULL',
  'PENDING',
  'REFUSED',
  'TBA',
  'TBD',
  'TEST',
  'UNASSIGNED',
  'UNK',
  'UNKNOWN',
  'UNOBTAINABLE',
  'UNSPECIFIED',
]);

const names = new Set([
  'FNU',
  'GIVENNAME',
  'FIRSTNAME',
  'LASTNAME',
  'SURNAME',
  'LNU',
  'NFN',
  'NLN',
  'NONAME',
  'PATIENT',
  'TESTPATIENT',
  'TRAUMA',
  'UNIDENTIFIED',
  'ZZTEST',
  'ZZZTEST',
]);

/**
 * `BABY BOY`, `BABYGIRL`, `BB MARY`, `NEWBORN OF ANN`, `TWIN A`, `SMITH BABY GIRL 2`: a child that
 * has no name yet. A name behind it is the mother's.
 */
const newbornWord = /^(NEW ?BORN|NB|INFANT|BABY|BABE|BB|BG|TWIN|TRIPLET|BOY|GIRL|MALE|FEMALE)( |$)/;
const babyAndSex = /^BABY(BOY|GIRL)|\bBABY (BOY|GIRL)\b/;

/** Is this what people type where they have no number? */
export function isPlaceholder(value: string): boolean {
  if (hasTwoDigits(value)) return false;
  const plain = value.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  return (
    plain === '' || anywhere.has(plain) || /^(0+|X+)$/.test(plain) || /^(.)\1{5,}$/u.test(plain)
  );
}

/** Of plain upper-case letters: no name at all, the name of a child not named yet, or neither. */
export function nameDoubt(plain: string): NameDoubt {
  const known = doubts.get(plain);
  if (known !== undefined) return known.doubt;
  const doubt = doubtOf(plain);
  if (plain.length > doubtLengthMax) return doubt;
  if (doubts.size >= doubtsMax) doubts.clear();
  doubts.set(plain, { doubt });
  return doubt;
}

type NameDoubt = 'placeholder-name' | 'newborn-name' | undefined;

/** Names are few; the bounds keep the table under 10 MB. */
const doubtsMax = 50_000;
const doubtLengthMax = 40;
const doubts = new Map<string, { readonly doubt: NameDoubt }>();

function doubtOf(plain: string): NameDoubt {
  if (newbornWord.test(plain) || babyAndSex.test(plain)) return 'newborn-name';
  const blank = plain.indexOf(' ');
  // What stands behind a placeholder is no name either: UNKNOWN MALE, TEST PATIENT.
  const isNoName =
    blank < 0
      ? isNoWord(plain)
      : isNoWord(plain.slice(0, blank)) || isNoWord(plain.replaceAll(' ', ''));
  return isNoName ? 'placeholder-name' : undefined;
}

const isNoWord = (word: string): boolean =>
  anywhere.has(word) || names.has(word) || /^(.)\1{2,}$|^XX$|^ZZ/.test(word);

/** Days that systems write where they have none: their zero, or a repeated digit. */
const emptyDays = new Set([
  '0001-01-01',
  '1111-11-11',
  '1753-01-01',
  '1800-01-01',
  '1840-12-31',
  '1841-01-01',
  '1858-11-17',
  '1899-12-30',
  '1899-12-31',
  '1900-01-01',
  '1901-01-01',
  '2222-02-22',
  '9999-12-31',
]);

export function isPlaceholderDate(date: string): boolean {
  return emptyDays.has(date) || /^(0000|9999)/.test(date);
}

/** Digits of a phone: one digit over and over, or a run such as 1234567890 or 5550100. */
export function isPlaceholderPhone(digits: string): boolean {
  if (/^(\d)\1*$/.test(digits) || /(\d)\1{6,}$/.test(digits)) return true;
  return '01234567890'.includes(digits) || '09876543210'.includes(digits);
}

/** Two different digits: no placeholder has them, and nearly every number does. */
function hasTwoDigits(value: string): boolean {
  let first = 0;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 0x30 || code > 0x39 || code === first) continue;
    if (first !== 0) return true;
    first = code;
  }
  return false;
}
