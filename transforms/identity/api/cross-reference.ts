import { identifierOf } from '../desk/index.ts';
import { refused } from './outcome.ts';
import { type Part, parametersOf, readParameters } from './parameters.ts';
import type { Handler } from './service.ts';

/** IHE ITI-83: GET (as the profile says) or POST (nothing in the URL) of Patient/$ihe-pix. */
export const crossReferenced: Handler = async (c, { desk }) => {
  const { sources, targets } = c.req.method === 'POST' ? await posted(c.req.raw) : queried(c.req);
  const [source] = sources;
  if (source === undefined) throw refused('parameter-missing', 'sourceIdentifier is missing');
  if (sources.length > 1) throw refused('parameter-invalid', 'sourceIdentifier is given twice');
  const bar = source.indexOf('|');
  if (bar <= 0 || bar === source.length - 1)
    throw refused('parameter-invalid', 'sourceIdentifier is not written system|value');
  const [system, value] = [source.slice(0, bar), source.slice(bar + 1)];
  const found = await desk.ask('crossReference', { system, value, targets });
  const identifiers = found.identifiers.map((one) => ({
    name: 'targetIdentifier',
    valueIdentifier: identifierOf(one),
  }));
  const ids = targets.length === 0 ? [found.person, ...found.patients] : found.patients;
  const references = ids.map((id) => ({
    name: 'targetId',
    valueReference: { reference: `Patient/${id}` },
  }));
  return {
    body: parametersOf([...identifiers, ...references] satisfies Part[]),
    touched: { persons: [found.person], records: found.records },
  };
};

type Asked = { readonly sources: readonly string[]; readonly targets: readonly string[] };

function queried(request: { queries(name: string): string[] | undefined }): Asked {
  const targets = request.queries('targetSystem') ?? [];
  return { sources: request.queries('sourceIdentifier') ?? [], targets };
}

/** As strings, or as the Identifier and the uri that newer clients send. */
async function posted(request: Request): Promise<Asked> {
  const given = await readParameters(request);
  const sources = given.namedAll('sourceIdentifier').map((one) => {
    if ('system' in one) return `${one.system}|${one.value}`;
    throw refused('parameter-invalid', 'sourceIdentifier is not written system|value');
  });
  const targets = given.all('targetSystem').map((one) => one.valueUri ?? one.valueString);
  if (targets.every((one) => typeof one === 'string')) return { sources, targets };
  throw refused('parameter-invalid', 'targetSystem is not a uri');
}
