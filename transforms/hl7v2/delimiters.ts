/**
 * The characters that divide a message, from MSH-1 and MSH-2 (HL7 v2.5.1 section 2.5.4). One that
 * MSH-2 leaves out is '' and divides nothing: where no subcomponent separator is declared, `&` is
 * text.
 */
export type Delimiters = {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
  /** Since version 2.7; '' before. */
  readonly truncation: string;
  /** False when MSH-2 could not be used and the standard characters stand in for it. */
  readonly declared: boolean;
};

export const standardDelimiters: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  truncation: '',
  declared: false,
};

const usualDelimiters: Delimiters = { ...standardDelimiters, declared: true };

/**
 * Reads the delimiters of a header segment (MSH, FHS or BHS) that starts at `start`; undefined
 * when what follows the name cannot be a field separator. An empty or damaged MSH-2 means the
 * standard characters.
 */
export function readDelimiters(text: string, start: number): Delimiters | undefined {
  if (text.startsWith('|^~\\&|', start + 3)) return usualDelimiters;
  const field = text.charAt(start + 3);
  if (!isSeparator(field)) return undefined;
  let end = start + 4;
  while (end < text.length && end < start + 10) {
    const char = text.charAt(end);
    if (char === field || char === '\r' || char === '\n') break;
    end += 1;
  }
  const declared = text.slice(start + 4, end);
  if (!canDivide(field + declared)) return { ...standardDelimiters, field };
  return {
    field,
    component: declared.charAt(0),
    repetition: declared.charAt(1),
    escape: declared.charAt(2),
    subcomponent: declared.charAt(3),
    truncation: declared.charAt(4),
    declared: true,
  };
}

/** Delimiters that are letters or occur twice (`^~\\&`, escaped once too often) are damage. */
function canDivide(characters: string): boolean {
  if (characters.length < 2 || characters.length > 6) return false;
  return !/[0-9A-Za-z\s]/.test(characters) && new Set(characters).size === characters.length;
}

/** Printable ASCII that is neither letter, digit nor quotation mark: the same in every encoding. */
function isSeparator(char: string): boolean {
  return /^[!#-/:-@[-`{-~]$/.test(char);
}
