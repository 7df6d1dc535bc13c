// Goal: no patient data in what operators and machines read: log lines, metrics, health, the
// quarantine list, the message search. Method: messages whose every field of a person carries a
// planted word go through the real engine, some of them broken so that they are held or flagged;
// then everything that the engine wrote or answers without being asked for a payload is searched
// for the word.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { portOf, runCommand, startEngineProcess, token } from '../faults/process.ts';
import { stop, whenAtRest } from '../faults/rounds.ts';
import { frame, readFrames } from '../faults/sender.ts';
import { createWorkspace } from '../faults/workspace.ts';

const word = 'ZWIEBELFISCH';

/** One well-formed message and five that are wrong in different places. */
function messages(): Buffer[] {
  const header = (id: string, type: string) =>
    `MSH|^~\\&|EMR|WARD|PLEXUS|HUB|20260102030405||${type}|${id}|P|2.5.1\r`;
  const person = `PID|1||${word}1^^^EMR^MR||${word}^${word}||19700102|F|||${word}^^${word}\r`;
  return [
    `${header('N1', 'ADT^A08^ADT_A01')}${person}PV1|1|I${'|'.repeat(17)}V1\r`,
    `${header('N2', 'ADT^A08^ADT_A01')}PID|1||||${word}^${word}||${word}|${word}\rPV1|1|${word}\r`,
    `${header('N3', 'ZZZ^Z99')}${person}`,
    `${header('N4', 'ORU^R01^ORU_R01')}${person}OBR|1||${word}\rOBX|1|NM|${word}||${word}\r`,
    `${header('N5', 'ADT^A01^ADT_A01')}${person}${word}|${word}\rPV1||${word}^${word}\r`,
    `no header at all ${word}`,
  ].map((text) => Buffer.from(text));
}

describe('patient data', function () {
  this.timeout(600_000);

  it('is in no log, metric, health answer or list', async () => {
    const workspace = createWorkspace();
    const engine = startEngineProcess(workspace);
    try {
      const listening = await engine.ready;
      const socket = connect(portOf(listening, 'mllp'), '127.0.0.1');
      await once(socket, 'connect');
      for (const message of messages()) {
        socket.write(frame(message));
        await new Promise<void>((resolve) => readFrames(socket, () => resolve()));
        socket.removeAllListeners('data');
      }
      socket.destroy();
      await whenAtRest(listening);
      const base = `http://127.0.0.1:${portOf(listening, 'http')}`;
      const headers = { authorization: `Bearer ${token}` };
      const paths = ['metrics', 'health/live', 'health/ready', 'api/channels', 'api/quarantine'];
      for (const path of [...paths, 'api/messages', 'api/conservation', `api/nothing/${word}`]) {
        const answer = await fetch(`${base}/${path}`, { headers });
        assert.ok(!(await answer.text()).includes(word), `/${path} answers with patient data`);
      }
      await stop(engine);
      const folders = ['--config', workspace.config, '--data', workspace.data, '--json'];
      for (const command of [['messages'], ['quarantine', 'ls']]) {
        const { code, stdout, stderr } = runCommand([...command, ...folders]);
        assert.equal(code, 0, stderr);
        assert.ok(stdout !== '', `${command.join(' ')} printed nothing`);
        assert.ok(!`${stdout}${stderr}`.includes(word), `${command.join(' ')} shows patient data`);
      }
      assert.ok(!engine.stderr().includes(word), 'the log holds patient data');
    } finally {
      engine.signal('SIGKILL');
      await engine.ended;
      workspace.remove();
    }
  });
});
