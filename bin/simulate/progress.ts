import cliProgress from 'cli-progress';
import type { Tally } from './simulate.ts';

export type Progress = { update(tally: Tally): void; stop(): void };

/**
 * A progress line on a terminal; on anything else one line at the end of every thousand messages.
 */
export function createProgress(stream: NodeJS.WriteStream, count: number | undefined): Progress {
  if (!stream.isTTY) return plainProgress(stream);
  const shape = count === undefined ? '{value} sent' : '{bar} {value}/{total} sent';
  const bar = new cliProgress.SingleBar(
    { stream, format: `simulator ${shape}, {accepted} accepted, {wrong} wrong on purpose` },
    cliProgress.Presets.shades_classic,
  );
  bar.start(count ?? 0, 0, { accepted: 0, wrong: 0 });
  return {
    update: ({ sent, accepted, wrong }) => bar.update(sent, { accepted, wrong }),
    stop: () => bar.stop(),
  };
}

function plainProgress(stream: NodeJS.WritableStream): Progress {
  return {
    update({ sent, accepted, wrong }) {
      if (sent % 1000 !== 0) return;
      stream.write(`simulator ${sent} sent, ${accepted} accepted, ${wrong} wrong on purpose\n`);
    },
    stop() {},
  };
}
