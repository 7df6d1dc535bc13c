import { exitCodes, PlexusError } from '../../engine/index.ts';
import { defineCommand, UsageError } from '../command.ts';

export const send = defineCommand({
  name: 'send',
  summary: 'Sends HL7 v2 files over MLLP and shows the answers.',
  usage: 'FILE.. --to HOST:PORT [--timeout MS]',
  details: `One connection, one message at a time. A file may hold several messages; a batch (FHS
or BHS) travels whole. The answers are data, whatever they say; 69 when no answer came at all.`,
  options: {
    to: { type: 'string', value: 'HOST:PORT', about: 'The receiver.' },
    timeout: { type: 'string', value: 'MS', about: 'How long to wait for an answer (30000).' },
  },
  async run({ args, options, json, out }) {
    if (args.length === 0) throw new UsageError('which files?');
    const { host, port } = parseTarget(options.to);
    const ackMs = Number(options.timeout ?? 30_000);
    if (!(ackMs >= 1)) throw new UsageError('--timeout wants milliseconds');
    const [{ sendFrames }, { readFrames }] = await Promise.all([
      import('../../routes/mllp/index.ts'),
      import('../hl7-files.ts'),
    ]);
    const frames = args.flatMap((file) => readFrames(file));
    let unanswered = 0;
    for await (const sent of sendFrames(frames, { host, port, ackMs })) {
      if (sent.ack === 'none') unanswered += 1;
      if (json) out.json(sent);
      else {
        const answer = sent.ack === 'none' ? `no answer (${sent.cause ?? ''})` : sent.ack;
        out.line(`${sent.file} ${sent.control_id} ${answer} ${sent.latency_ms} ms`);
      }
    }
    if (unanswered < frames.length) return exitCodes.ok;
    throw new PlexusError(
      'no-answer',
      `${host}:${port} answered none of ${frames.length} messages`,
    );
  },
});

/** `HOST:PORT`, `[::1]:PORT`. */
function parseTarget(text: string | undefined): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text ?? '') ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65_535))
    throw new UsageError('--to wants HOST:PORT, such as 127.0.0.1:6661');
  return { host, port };
}
