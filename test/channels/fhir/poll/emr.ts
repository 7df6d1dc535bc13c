// An EMR with a FHIR search API on a real socket: it keeps versions and times, sorts and pages by
// position as many servers do (which skips when something moves), and fails as it is told.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Stored = { id: string; version: number; updatedMs: number };

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
};

export type Emr = Awaited<ReturnType<typeof openEmr>>;

export async function openEmr(options: EmrOptions = {}) {
  const stored = new Map<string, Stored>();
  const requests: { url: string; authorization: string | undefined }[] = [];
  let nowMs = Date.UTC(2026, 0, 1);

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
    options.onSearch?.(url);
    const bundle = search(url) as Record<string, unknown>;
    options.page?.(bundle, url);
    // Decimals as they were written: 1.50 is not 1.5.
    const text = JSON.stringify(bundle).replaceAll('"DECIMAL"', '1.50');
    response.setHeader('content-type', 'application/fhir+json');
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
      const one = { id, version: (stored.get(id)?.version ?? 0) + 1, updatedMs: nowMs };
      stored.set(id, one);
      return one;
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
