const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openObject, closeObject, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * The first name that one object has twice, of two values of which a reader takes one and drops
 * the other in silence; undefined where there is none. `text` is JSON, as a parser has found.
 */
export function repeatedName(text: string): string | undefined {
  /** The names of each open object; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let names: Set<string> | undefined;
  let isNameNext = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const end = endOfText(text, at + 1);
        if (isNameNext && names !== undefined) {
          const name = nameIn(text.slice(at + 1, end));
          if (names.has(name)) return name;
          names.add(name);
          isNameNext = false;
        }
        at = end;
        break;
      }
      case openObject:
        names = new Set();
        open.push(names);
        isNameNext = true;
        break;
      case openList:
        names = undefined;
        open.push(names);
        break;
      case closeObject:
      case closeList:
        open.pop();
        names = open.at(-1);
        break;
      case comma:
        isNameNext = names !== undefined;
        break;
    }
  }
  return undefined;
}

/** Where the quote stands that ends a text. */
function endOfText(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (isEscaped(text, end, from)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

/** Behind an odd number of backslashes. */
function isEscaped(text: string, at: number, from: number): boolean {
  let slashes = 0;
  while (at - slashes > from && text.charCodeAt(at - slashes - 1) === backslash) slashes += 1;
  return slashes % 2 === 1;
}

/** Two spellings of one name are one name. */
const nameIn = (written: string): string =>
  written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
