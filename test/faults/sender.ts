import { connect, type Socket } from 'node:net';

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;

/** One synthetic message: its patient, and its place among that patient's messages. */
export type Sent = { readonly controlId: string; readonly patient: string; readonly turn: number };

export type Senders = {
  /** Sends to this port until `stop`; what was not acknowledged before is sent again first. */
  start(port: number): void;
  /** Cuts every connection, as a crash of the engine does. */
  stop(): void;
  readonly acknowledged: ReadonlyMap<string, Sent>;
  /** What was written to a socket at least once, acknowledged or not. */
  readonly sent: ReadonlyMap<string, Sent>;
  /** Answers that were no AA, by their code. */
  readonly refused: ReadonlyMap<string, number>;
};

export type SenderOptions = {
  readonly connections: number;
  /** Patients of each connection; a patient never moves to another one, so its order is decided. */
  readonly patients: number;
  readonly random: () => number;
  /** A word that every message carries in the patient's name, to be searched for later. */
  readonly plant?: string;
  /** Extra bytes in each message. */
  readonly padding?: number;
};

/** Stop-and-wait senders, as an EMR's: the next message goes out when the last one has its AA. */
export function createSenders(options: SenderOptions): Senders {
  const acknowledged = new Map<string, Sent>();
  const sent = new Map<string, Sent>();
  const refused = new Map<string, number>();
  const lines = Array.from({ length: options.connections }, (_, index) => createLine(index));
  let open = new Set<Socket>();

  function createLine(index: number) {
    const turns = new Map<string, number>();
    let count = 0;
    let current: Sent | undefined;
    return {
      current(): Sent {
        if (current) return current;
        const patient = `P${index}-${Math.floor(options.random() * options.patients)}`;
        const turn = (turns.get(patient) ?? 0) + 1;
        turns.set(patient, turn);
        count += 1;
        current = { controlId: `C${index}-${count}`, patient, turn };
        return current;
      },
      acknowledge(): void {
        if (current) acknowledged.set(current.controlId, current);
        current = undefined;
      },
    };
  }

  function run(line: ReturnType<typeof createLine>, port: number): void {
    const socket = connect(port, '127.0.0.1');
    open.add(socket);
    const send = (): void => {
      const message = line.current();
      sent.set(message.controlId, message);
      socket.write(frame(renderMessage(message, options)));
    };
    socket.setNoDelay(true);
    socket.once('connect', send);
    socket.on('error', () => undefined);
    readFrames(socket, (answer) => {
      const [, code = '', controlId] = /\rMSA\|(\w\w)\|([^|\r]*)/.exec(answer.toString()) ?? [];
      if (controlId !== line.current().controlId) return void socket.destroy();
      if (code === 'AA') line.acknowledge();
      else refused.set(code, (refused.get(code) ?? 0) + 1);
      if (code === 'AA') send();
      else setTimeout(() => socket.writable && send(), 50);
    });
  }

  return {
    acknowledged,
    sent,
    refused,
    start(port) {
      for (const line of lines) run(line, port);
    },
    stop() {
      for (const socket of open) socket.destroy();
      open = new Set();
    },
  };
}

/**
 * An ADT^A08 whose family name says its turn, so that what was delivered shows order and number.
 */
export function renderMessage(
  message: Sent,
  options: { readonly plant?: string; readonly padding?: number } = {},
): Buffer {
  const family = `TURN${String(message.turn).padStart(7, '0')}`;
  const segments = [
    `MSH|^~\\&|FAULTS|WARD|PLEXUS|HUB|20260102030405||ADT^A08^ADT_A01|${message.controlId}|P|2.5.1`,
    'EVN|A08|20260102030405',
    `PID|1||${message.patient}^^^FAULTS^MR||${family}^${options.plant ?? 'TEST'}||19700102|F`,
    `PV1|1|I|W^1^1${'|'.repeat(16)}V${message.patient}^^^FAULTS^VN`,
  ];
  if (options.padding) segments.push(`NTE|1||${'x'.repeat(options.padding)}`);
  return Buffer.from(`${segments.join('\r')}\r`);
}

export const frame = (message: Buffer): Buffer =>
  Buffer.concat([Buffer.of(VT), message, Buffer.of(FS, CR)]);

/** Calls back with the bytes of each MLLP frame that arrives. */
export function readFrames(socket: Socket, onFrame: (bytes: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(FS); end !== -1; end = rest.indexOf(FS)) {
      const start = rest.indexOf(VT) + 1;
      const bytes = rest.subarray(start, end);
      rest = rest.subarray(rest[end + 1] === CR ? end + 2 : end + 1);
      onFrame(bytes);
    }
  });
}
