import { type FhirClient, FhirRequestError } from '../client/index.ts';

/** Pages of one look; ten million resources at a hundred a page. */
const pagesMax = 100_000;
/** Pages in a row without an entry: a server that has nothing has no next page either. */
const emptyPagesMax = 100;
/** Some servers keep their whole search in it; no more than that. */
const linkCharactersMax = 16 * 1024;

/**
 * Follows a server from page to page, where it may lead us and no longer than pages can go on.
 * Throws FhirRequestError: `paging-loop` for an address that was asked, `paging-endless` for more
 * pages than there can be, `address-elsewhere` for one that is not the server's own.
 */
export function pageLinks(client: FhirClient) {
  const visited = new Set<string>();
  let empty = 0;
  return {
    /** To be called with each address before it is asked. */
    visit(url: string): void {
      if (visited.has(url)) throw new FhirRequestError('paging-loop', 200);
      if (visited.size === pagesMax) throw new FhirRequestError('paging-endless', 200);
      visited.add(url);
    },
    /** The page that a `next` link names, after one with so many entries. */
    follow(next: string, from: string, entries: number): string {
      empty = entries === 0 ? empty + 1 : 0;
      if (empty === emptyPagesMax || next.length > linkCharactersMax)
        throw new FhirRequestError('paging-endless', 200);
      const at = client.resolve(next, from);
      if (at === undefined || !client.isHome(at))
        throw new FhirRequestError('address-elsewhere', 200);
      return at;
    },
  };
}
