// Goal: TLS and mutual TLS of the listener let in exactly whom the channel file names.
// Method: real handshakes with certificates of a test authority (test/certificates, valid for a
// century): a listed client, another client of the same authority, a stranger with the listed name.
import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { mllpSource } from '../../../channels/mllp/index.ts';
import type { PlexusError, Source } from '../../../engine/index.ts';
import { mllpRoute } from '../../../routes/mllp/index.ts';
import { delivery, openRoute } from '../../routes/mllp/receiver.ts';
import { adt, frame, msa, openListener, openSender } from './memory-journal.ts';

const file = (name: string) => new URL(`../../certificates/${name}`, import.meta.url).pathname;
const pem = (name: string) => readFileSync(file(name));
const server = { cert: file('server.pem'), key: file('server.key') };
const fingerprint = (name: string) => `sha256:${new X509Certificate(pem(name)).fingerprint256}`;

describe('channels/mllp over TLS', () => {
  const open: Source[] = [];
  const listener = async (tls: Record<string, unknown>) => {
    const opened = await openListener({ config: { tls: { ...server, ...tls } } });
    open.push(opened.source);
    return opened;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.close(0)));
  });

  /** MSA of the answer to one message, or `refused` when the connection is closed without one. */
  async function send(port: number, client?: string): Promise<string> {
    const own = client ? { cert: pem(`${client}.pem`), key: pem(`${client}.key`) } : {};
    const socket = connect({ port, host: '127.0.0.1', ca: pem('ca.pem'), ...own });
    const sender = await openSender(port, socket);
    sender.write(frame(adt('T1')));
    const [ack] = await sender.answered(1);
    socket.destroy();
    return ack ? msa(ack) : 'refused';
  }

  it('says mllps, serves TLS, and counts a handshake that fails', async () => {
    const { port, seen, listening } = await listener({});
    equal(listening.kind, 'mllps');
    equal(await send(port), 'AA T1');
    const plain = await openSender(port);
    plain.write(frame(adt('P1')));
    await plain.closed();
    const reasons = seen.flatMap((event) => (event.type === 'input-refused' ? event.reason : []));
    deepEqual(reasons, ['tls-handshake-failed']);
  });

  it('takes clients of its authority alone', async () => {
    const { port } = await listener({ client_ca: file('ca.pem') });
    deepEqual(
      [await send(port, 'lab'), await send(port, 'other'), await send(port, 'stranger')],
      ['AA T1', 'AA T1', 'refused'],
    );
    equal(await send(port), 'refused');
  });

  it('takes listed names of its authority alone', async () => {
    const { port, journal } = await listener({
      client_ca: file('ca.pem'),
      clients: ['cn:lab.test'],
    });
    deepEqual(
      [await send(port, 'lab'), await send(port, 'other'), await send(port, 'stranger')],
      ['AA T1', 'refused', 'refused'],
    );
    equal(journal.landings.length, 1);
  });

  it('takes a pinned certificate, whoever signed it', async () => {
    const { port, journal } = await listener({ clients: [fingerprint('stranger.pem')] });
    deepEqual(
      [await send(port, 'stranger'), await send(port, 'lab'), await send(port)],
      ['AA T1', 'refused', 'refused'],
    );
    equal(journal.landings.length, 1);
  });

  it('refuses a name without an authority, and a list entry of no known form', () => {
    const parse = (tls: unknown) => mllpSource.schema.parse({ port: 1, tls });
    throws(() => parse({ ...server, clients: ['cn:lab.test'] }), /proves nothing/);
    throws(() => parse({ ...server, clients: ['lab.test'] }), /expected 'sha256:'/);
    parse({ ...server, clients: [fingerprint('lab.pem')] });
  });

  it('names the file that cannot be read, at lint and at start', async () => {
    const config = mllpSource.schema.parse({ port: 1, tls: { cert: 'no.pem', key: 'no.key' } });
    const at = (path: readonly (string | number)[]) => ({
      file: 'a',
      line: path.length,
      column: 1,
    });
    const issues = mllpSource.check!(config, { configDir: '/nowhere', channel: 'test', at });
    deepEqual(
      issues.map(({ code }) => code),
      ['file-missing', 'file-missing'],
    );
    await rejects(openListener({ config: { tls: { cert: 'no.pem', key: 'no.key' } } }), {
      code: 'tls-file-unreadable',
    } satisfies Partial<PlexusError>);
  });

  it('is reached by our own route, which trusts nobody else', async () => {
    const { port } = await listener({ client_ca: file('ca.pem'), clients: ['cn:lab.test'] });
    const own = { cert: file('lab.pem'), key: file('lab.key') };
    const trusting = await openRoute({ port, tls: { ...own, ca: file('ca.pem') } });
    deepEqual((await trusting.sink.deliver([delivery(adt('R1'))])).verdicts, [
      { kind: 'delivered' },
    ]);
    const wary = await openRoute({ port, tls: own });
    const [verdict] = (await wary.sink.deliver([delivery(adt('R1'))])).verdicts;
    equal(verdict!.kind, 'unavailable');
    await Promise.all([trusting.sink.close(), wary.sink.close()]);
    throws(() => mllpRoute.schema.parse({ host: 'h', port: 1, tls: { cert: 'c' } }), /belong/);
  });
});
