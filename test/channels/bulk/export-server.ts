// A server with FHIR Bulk Data exports on a real socket that fails in every phase as it is told:
// kick-off, status, manifest, files, deletion. Each request may get a fault of a plan.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** `lost`: the job is forgotten. `expired`: the addresses of files are no more, and renewed. */
export const faults = [
  ...['cut', 'half', 'fragment', 'lost', 'expired', 'unauthorized', 'busy', 'failing', 'late'],
  ...['moved', 'nonsense'],
] as const;
export type Fault = (typeof faults)[number] | undefined;

export type ExportData = {
  output: string[][];
  deleted?: string[][];
  error?: string[][];
};

export type ServerOptions = {
  /** What is exported since an instant. */
  data(since: string | null): ExportData;
  fault?(phase: Phase, request: IncomingMessage): Fault;
  readonly requiresAccessToken?: boolean;
  readonly counts?: boolean;
  /** This job is never ready. */
  readonly neverReady?: string;
  /** Of every export; else a second later each. */
  readonly transactionTime?: string;
};

export type Phase = 'kick-off' | 'status' | 'file' | 'delete';
export type ExportServer = Awaited<ReturnType<typeof openExportServer>>;

type Job = { readonly data: ExportData; asked: number; generation: number };

export async function openExportServer(options: ServerOptions) {
  const jobs = new Map<string, Job>();
  const kickOffs: URL[] = [];
  const deletedJobs: string[] = [];
  const tokensAtFiles: (string | undefined)[] = [];
  const server = createServer(answer);

  function phaseOf({ method }: IncomingMessage, path: string): Phase {
    if (path.includes('$export')) return 'kick-off';
    if (path.startsWith('/file/')) return 'file';
    return method === 'DELETE' ? 'delete' : 'status';
  }

  function answer(request: IncomingMessage, response: ServerResponse): unknown {
    const base = `http://${request.headers.host}`;
    const url = new URL(request.url ?? '', base);
    const phase = phaseOf(request, url.pathname);
    const fault = options.fault?.(phase, request);
    const end = (status: number, headers: Record<string, string> = {}, text = '') =>
      response.writeHead(status, headers).end(text);
    if (fault === 'cut') return request.socket.destroy();
    if (fault === 'busy') return end(429, { 'retry-after': '2' });
    if (fault === 'failing') return end(500, {}, '{"resourceType":"OperationOutcome"}');
    if (fault === 'late') return end(503, { 'retry-after': '1' });
    if (fault === 'unauthorized') return end(401);
    if (fault === 'moved' && !url.searchParams.has('moved')) {
      url.searchParams.set('moved', '1');
      return end(307, { location: url.href });
    }
    if (phase === 'kick-off') {
      kickOffs.push(url);
      if (fault === 'nonsense') return end(200, {}, '{}');
      const id = String(kickOffs.length);
      const data = options.data(url.searchParams.get('_since'));
      jobs.set(id, { data, asked: 0, generation: 0 });
      return end(202, { 'content-location': `${base}/status/${id}` });
    }
    const [, , id = '', generation, section, n] = url.pathname.split('/');
    const job = jobs.get(id);
    if (fault === 'lost') jobs.delete(id);
    if (job === undefined || fault === 'lost') return end(404);
    if (phase === 'delete') {
      jobs.delete(id);
      deletedJobs.push(id);
      return end(202);
    }
    if (phase === 'status') {
      job.asked += 1;
      if (job.asked === 1 || id === options.neverReady)
        return end(202, { 'x-progress': '40% done', 'retry-after': '1' });
      const text = fault === 'nonsense' ? '{"output": 7}' : manifestText(base, id, job);
      if (fault === 'half') return half(request, response, Buffer.from(text));
      return end(200, { 'content-type': 'application/json' }, text);
    }
    if (fault === 'expired') job.generation += 1;
    if (Number(generation) !== job.generation) return end(410);
    tokensAtFiles.push(request.headers.authorization);
    const lines = job.data[section as keyof ExportData]?.[Number(n)] ?? [];
    const body = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    if (fault === 'half') return half(request, response, body);
    if (fault === 'fragment' && body.length > 2) {
      // An orderly end of a body that says nothing of its length: only its last line shows it.
      response.writeHead(200, { connection: 'close' });
      return response.end(body.subarray(0, body.length - 2));
    }
    return end(200, { 'content-type': 'application/fhir+ndjson' }, body.toString());
  }

  function manifestText(base: string, id: string, { data, generation }: Job): string {
    const section = (name: keyof ExportData) =>
      (data[name] ?? []).map((lines, n) => ({
        type: 'Patient',
        url: `${base}/file/${id}/${generation}/${name}/${n}`,
        ...(options.counts === false ? {} : { count: lines.length }),
      }));
    // The same of one job whenever it is asked, and later of a later one.
    return JSON.stringify({
      transactionTime:
        options.transactionTime ?? new Date(Date.UTC(2026, 0, 1, 0, 0, Number(id))).toISOString(),
      request: `${base}/$export`,
      requiresAccessToken: options.requiresAccessToken ?? true,
      output: section('output'),
      deleted: section('deleted'),
      error: section('error'),
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    baseUrl: `http://127.0.0.1:${port}/fhir`,
    kickOffs,
    deletedJobs,
    tokensAtFiles,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The length of the whole, half of its bytes, and a connection that is gone. */
function half(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-length': body.length });
  response.write(body.subarray(0, body.length / 2), () => request.socket.destroy());
}
