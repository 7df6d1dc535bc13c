// Goal: an import goes on after a restart at the file where it was, its result can be asked for as
// long as is promised and by nobody else, and a file that the channel may no longer fetch is not
// fetched. Method: the jobs of one channel in two lives over one state, a file server that waits,
// and a clock turned by hand.
import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createImports, type Result } from '../../../../channels/fhir/streams/import.ts';
import { memoryContext } from '../../source-context.ts';

const line = (id: string): string => JSON.stringify({ resourceType: 'Location', id });
const asker = { id: 'client:north#emr', kind: 'client' as const };

describe('channels/fhir imports over a restart', () => {
  let server: Server;
  let base: string;
  let asked: string[];
  /** Files that begin and do not end, and who waits for them. */
  let stuck: Set<string>;
  let open: ServerResponse[];
  before(async () => {
    server = createServer((request, response) => {
      const url = request.url ?? '';
      asked.push(url);
      response.writeHead(200, { 'Content-Type': 'application/fhir+ndjson' });
      response.write(`${line(`${url.slice(1)}-1`)}\n${line(`${url.slice(1)}-2`)}\n`);
      if (stuck.has(url)) open.push(response);
      else response.end(`${line(`${url.slice(1)}-3`)}\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  beforeEach(() => {
    asked = [];
    open = [];
    stuck = new Set();
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const files = (...names: string[]) =>
    names.map((name) => ({ type: 'Location', url: `${base}${name}` }));

  function lives() {
    const memory = memoryContext();
    const options = {
      bodyBytesMax: 10_000,
      entriesMax: 10,
      transactionEntriesMax: 10,
      types: undefined,
    };
    return {
      ...memory.state,
      begin: (importFrom = [base]) =>
        createImports({ ...options, context: memory.context, importFrom }),
    };
  }

  it('goes on at the file that was under way, and lands no line twice', async () => {
    const { begin, landings } = lives();
    stuck.add('/b');
    const first = begin();
    const id = first.start(files('a', 'b', 'c'), asker)!;
    await until(() => landings.length === 5);
    assert.deepEqual(first.find(id, asker.id), { running: true, done: 1, files: 3 });
    first.close();
    stuck.clear();
    const second = begin();
    second.open();
    await until(() => second.find(id, asker.id)?.running === undefined);
    assert.deepEqual(asked, ['/a', '/b', '/b', '/c']);
    const { output, error } = second.find(id, asker.id) as Result;
    assert.deepEqual(
      [output.map((one) => (one as { count: number }).count), error],
      [[3, 3, 3], []],
    );
    assert.equal(landings.length, 9);
    second.open();
    assert.deepEqual(asked.length, 4, 'what has ended does not begin again');
  });

  it('fetches nothing that the configuration no longer allows', async () => {
    const { begin } = lives();
    stuck.add('/a');
    const first = begin();
    const id = first.start(files('a', 'b'), asker)!;
    await until(() => asked.length === 1);
    first.close();
    const second = begin(['http://elsewhere.example.org/']);
    second.open();
    await until(() => second.find(id, asker.id)?.running === undefined);
    const { output, error } = second.find(id, asker.id) as Result;
    assert.deepEqual([output.length, error.length, asked.length], [0, 2, 1]);
  });

  it('tells its result to who asked for it, for a day', async () => {
    const { begin, clock } = lives();
    const imports = begin();
    const id = imports.start(files('a'), asker)!;
    await until(() => imports.find(id, asker.id)?.running === undefined);
    assert.equal(imports.find(id, 'client:north#other'), undefined);
    clock.advance(23 * 3_600_000);
    assert.notEqual(begin().find(id, asker.id), undefined);
    clock.advance(3_600_000);
    assert.equal(begin().find(id, asker.id), undefined);
  });

  it('runs so many at once, and says when there are too many', async () => {
    const { begin } = lives();
    stuck.add('/a');
    const imports = begin();
    const all = Array.from({ length: 101 }, () => imports.start(files('a'), asker));
    assert.deepEqual([all.at(99) !== undefined, all.at(100)], [true, undefined]);
    await until(() => open.length > 0);
    imports.close();
  });
});
