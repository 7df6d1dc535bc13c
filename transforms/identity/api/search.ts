import type { PersonView } from '../desk/index.ts';
import { bundleOf, entryOf } from './match.ts';
import { refused } from './outcome.ts';
import type { Found } from './pages.ts';
import { countOf, readSearch } from './search-parameters.ts';
import type { Handler, Reply, Service } from './service.ts';

const formType = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/**
 * IHE ITI-78: GET Patient?.. or POST Patient/_search. Gives persons, not the sources' Patients: one
 * entry each, with all numbers of all facilities, which is what a registration desk looks for. The
 * links to further pages hold no search parameter.
 */
export const searchPatients: Handler = async (c, service) => {
  const { desk, pages } = service;
  const parameters = new URL(c.req.url).searchParams;
  const principal = c.env.principal?.id ?? '';
  if (c.req.method === 'POST') {
    if (!formType.test(c.req.header('content-type') ?? ''))
      throw refused('media-type', 'send application/x-www-form-urlencoded');
    for (const [key, value] of new URLSearchParams(await c.req.text()))
      parameters.append(key, value);
  }
  const token = parameters.get('_page');
  if (token !== null) {
    const kept = pages.find(token, principal);
    if (kept === undefined)
      throw refused('identity-page-gone', 'this search is too long ago; search again');
    const offset = Number(parameters.get('_offset') ?? 0);
    const count = countOf(parameters.get('_count'));
    return pageOf(c.req.url, service, kept, { token, offset, count });
  }
  const { question, domains, isActive, count, understood } = readSearch(parameters);
  const persons = isActive ? await desk.ask('search', question) : [];
  const found: Found = { persons, domains, self: `?${understood}`, principal };
  const kept = persons.length > count ? pages.keep(found) : undefined;
  return pageOf(c.req.url, service, found, { token: kept, offset: 0, count });
};

type Page = {
  readonly token: string | undefined;
  readonly offset: number;
  readonly count: number;
};

async function pageOf(
  url: string,
  service: Service,
  { persons, domains, self }: Found,
  { token, offset, count }: Page,
): Promise<Reply> {
  const base = `${new URL(url).origin}/fhir/Patient`;
  const ids = persons.slice(offset, offset + count);
  const views = ids.length === 0 ? [] : await service.desk.ask('views', { ids });
  // Two that were merged since the search are one now.
  const once = [...new Map(views.map((view) => [view.person, view])).values()];
  const entry = once.map((view) => ({
    ...entryOf(url, within(view, domains), service),
    search: { mode: 'match' },
  }));
  const to = (from: number) => `${base}?_page=${token}&_offset=${from}&_count=${count}`;
  const link = [
    { relation: 'self', url: `${base}${self}` },
    ...(token === undefined || offset + count >= persons.length
      ? []
      : [{ relation: 'next', url: to(offset + count) }]),
    ...(token === undefined || offset === 0
      ? []
      : [{ relation: 'previous', url: to(Math.max(0, offset - count)) }]),
  ];
  return {
    body: bundleOf(entry, persons.length, link),
    touched: {
      persons: once.map(({ person }) => person),
      records: once.flatMap(({ records }) => records),
    },
  };
}

/** Only the numbers of the authorities that were asked for (ITI-78, 2:3.78.4.1.2.3). */
function within(view: PersonView, domains: readonly string[] | undefined): PersonView {
  if (domains === undefined) return view;
  const all = (view.patient.identifier ?? []) as readonly { readonly system: string }[];
  const identifier = all.filter(({ system }) => domains.includes(system));
  return { ...view, patient: { ...view.patient, identifier } };
}
