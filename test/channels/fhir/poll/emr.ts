// An EMR with a FHIR search API on a real socket: it keeps versions and times, sorts and pages by
// position as many servers do (which skips when something moves), and fails as it is told.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Stored = { id: string; version: number; updatedMs: number };
type Told = Stored & { readonly isDeleted: boolean };

export type EmrOptions = {
  /** Sorts by `_lastUpdated` and says so in `self`; else by id. */
  readonly sorts?: boolean;
  /** What goes wrong with the next request; undefined answers it. */
  fault?(request: IncomingMessage): 'cut' | 'half' | number | undefined;
  /** Before a page is made. */
  onSearch?(url: URL): void;
  /** Changes a page before it goes out. */
  page?(bundle: Record<string, unknown>, url: URL): void;
  readonly retryAfter?: string;
  /** Which history it offers, of a type unless set, and whether it refuses what it offers. */
  readonly history?: 'type' | 'system' | 'none' | 'refused';
};

export type Emr = Awaited<ReturnType<typeof openEmr>>;

export async function openEmr(options: EmrOptions = {}) {
  const stored = new Map<string, Stored>();
  const requests: { url: string; authorization: string | undefined }[] = [];
  const told: Told[] = [];
  const gone = new Map<string, number>();
  const offered = options.history ?? 'type';
  let nowMs = Date.UTC(2026, 0, 1);

  function statement(): object {
    const ofType = offered === 'type' || offered === 'refused';
    const interaction = ofType ? [{ code: 'history-type' }] : [];
    const system = offered === 'system' ? [{ code: 'history-system' }] : [];
    const resource = [{ type: 'Observation', interaction }];
    return {
      resourceType: 'CapabilityStatement',
      rest: [{ mode: 'server', resource, interaction: system }],
    };
  }

  /** Newest first, paged by position, as the standard has it. */
  function history(url: URL): object {
    const since = Date.parse(url.searchParams.get('_since') ?? '');
    const found = told.filter(({ updatedMs }) => updatedMs >= since).reverse();
    const at = Number(url.searchParams.get('page') ?? 0);
    const next = new URL(url);
    next.searchParams.set('page', String(at + 5));
    const link = at + 5 < found.length ? [{ relation: 'next', url: next.href }] : [];
    const entry = found.slice(at, at + 5).map((one) => ({
      fullUrl: `http://emr.example.org/fhir/Observation/${one.id}`,
      request: {
        method: one.isDeleted ? 'DELETE' : 'PUT',
        url: `Observation/${one.id}`,
      },
      response: {
        status: '200',
        etag: `W/"${one.version}"`,
        lastModified: new Date(one.updatedMs).toISOString(),
      },
      ...(one.isDeleted ? {} : { resource: resourceOf(one) }),
    }));
    return { resourceType: 'Bundle', type: 'history', link, entry };
  }

  function documentFor(url: URL): Record<string, unknown> | number {
    if (url.pathname === '/fhir/metadata') return statement() as Record<string, unknown>;
    const isOfType = url.pathname === '/fhir/Observation/_history';
    if (isOfType && offered === 'refused') return 403;
    if (isOfType || url.pathname === '/fhir/_history')
      return history(url) as Record<string, unknown>;
    options.onSearch?.(url);
    const bundle = search(url) as Record<string, unknown>;
    options.page?.(bundle, url);
    return bundle;
  }

  function search(url: URL): object {
    const asked = url.searchParams;
    const from = Date.parse(asked.get('_lastUpdated')?.slice(2) ?? '1970-01-01T00:00:00Z');
    const found = [...stored.values()].filter(({ updatedMs }) => updatedMs >= from);
    if (options.sorts !== false) found.sort((a, b) => a.updatedMs - b.updatedMs);
    const at = Number(asked.get('page') ?? 0);
    const count = Math.min(Number(asked.get('_count')), 7);
    const next = new URL(url);
    next.searchParams.set('page', String(at + count));
    const self = new URL(url);
    if (options.sorts === false) self.searchParams.delete('_sort');
    const link = [{ relation: 'self', url: self.href }];
    if (at + count < found.length) link.push({ relation: 'next', url: next.href });
    const entry = found.slice(at, at + count).map((each) => ({ resource: resourceOf(each) }));
    return { resourceType: 'Bundle', type: 'searchset', link, entry };
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    requests.push({ url: url.href, authorization: request.headers.authorization });
    const fault = options.fault?.(request);
    if (fault === 'cut') return void request.socket.destroy();
    if (typeof fault === 'number') {
      if (options.retryAfter !== undefined) response.setHeader('retry-after', options.retryAfter);
      response.writeHead(fault).end('{"resourceType":"OperationOutcome"}');
      return;
    }
    const found = documentFor(url);
    if (typeof found === 'number') return void response.writeHead(found).end();
    // Decimals as they were written: 1.50 is not 1.5.
    const text = JSON.stringify(found).replaceAll('"DECIMAL"', '1.50');
    response.setHeader('content-type', 'application/fhir+json');
    response.setHeader('date', new Date(nowMs).toUTCString());
    response.setHeader('content-length', Buffer.byteLength(text));
    if (fault !== 'half') return void response.end(text);
    response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    baseUrl: `http://127.0.0.1:${port}/fhir`,
    stored,
    requests,
    /** `afterMs` 0: in the same instant as what was stored before. */
    put(id: string, afterMs = 1): Stored {
      nowMs += afterMs;
      const version = (stored.get(id)?.version ?? gone.get(id) ?? 0) + 1;
      const one = { id, version, updatedMs: nowMs };
      stored.set(id, one);
      told.push({ ...one, isDeleted: false });
      return one;
    },
    remove(id: string): void {
      const one = stored.get(id);
      if (!stored.delete(id) || one === undefined) return;
      nowMs += 1;
      // A resource that is made anew goes on with its versions.
      gone.set(id, one.version + 1);
      told.push({ id, version: one.version + 1, updatedMs: nowMs, isDeleted: true });
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const resourceOf = ({ id, version, updatedMs }: Stored) => ({
  resourceType: 'Observation',
  id,
  meta: { versionId: String(version), lastUpdated: new Date(updatedMs).toISOString() },
  subject: { reference: `Patient/${id}` },
  valueQuantity: { value: 'DECIMAL' },
});
