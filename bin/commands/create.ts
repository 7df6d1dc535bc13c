import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, suggestion } from '../../engine/index.ts';
import type { GapReport } from '../../transforms/mapping/index.ts';
import { defineCommand, type Output, UsageError } from '../command.ts';

const kinds = ['source', 'channel', 'mapping'];

export const create = defineCommand({
  name: 'create',
  summary: 'Writes a new source, channel or mapping, from sample messages.',
  usage: `${kinds.join('|')} NAME [--from SAMPLES..] [--port N]`,
  details: `source   channel and mapping, and a report of what in the samples is not read well
channel  a channel alone, by the mapping of its name where there is one, else by base
mapping  a mapping alone

SAMPLES are files or folders of HL7v2 messages. The mapping extends base: what the samples make
sure is set, what only a person knows stands as a comment with its evidence. No value of a sample
is written or printed but codes, units, message types and names of coding systems and authorities;
look them over all the same before you share the files. A file that is there is never overwritten
without --force. Findings are rows, the exit is 0.`,
  options: {
    from: { type: 'string', multiple: true, value: 'PATH', about: 'Sample file or folder.' },
    port: {
      type: 'string',
      value: 'N',
      about: 'MLLP port of the channel (default: from 6661 on, the first that no channel has).',
    },
    force: { type: 'boolean', about: 'Overwrites files that are there.' },
  },
  async run({ args, options, json, configDir, out }) {
    const [kind, name, ...more] = args;
    if (kind === undefined) throw new UsageError(`create what? ${kinds.join(', ')}`);
    if (!kinds.includes(kind)) throw new UsageError(`\`${kind}\`? ${suggestion(kind, kinds)}`);
    if (name === undefined) throw new UsageError(`create which ${kind}? NAME`);
    if (!/^[a-z][a-z0-9-]*$/.test(name))
      throw new UsageError('a name is lower-case words joined by hyphens');
    if (name === 'base') throw new UsageError('`base` is what every mapping extends');
    const port = readPort(options.port);
    const mapping = join(configDir, 'mappings', `${name}.yaml`);
    const channel = join(configDir, 'channels', `${name}.yaml`);
    const [{ readSamples }, { requireFree, writeNew }, { createMapping }, texts, { freePort }] =
      await Promise.all([
        import('../create/samples.ts'),
        import('../create/write-new.ts'),
        import('../create/mapping.ts'),
        import('../create/channel-text.ts'),
        import('../create/free-port.ts'),
      ]);
    const samples = kind === 'channel' ? [] : readSamples([...(options.from ?? []), ...more]);
    const files = { source: [channel, mapping], channel: [channel], mapping: [mapping] };
    requireFree(files[kind as keyof typeof files], options.force === true);
    const wrote = (path: string) => out.say(`plexus: wrote ${path}`);
    const report = samples.length > 0 ? createMapping(configDir, name, samples).report : undefined;
    if (report) wrote(mapping);
    if (kind !== 'mapping') {
      const by = existsSync(mapping) ? name : 'base';
      const listensAt = port ?? freePort(configDir, name);
      writeNew({ path: channel, text: texts.channelText(name, listensAt, by) });
      wrote(channel);
      const network = join(configDir, 'plexus.yaml');
      if (!existsSync(network)) {
        writeNew({ path: network, text: texts.networkText });
        wrote(network);
      }
    }
    if (report) await print(report, json, out);
    return exitCodes.ok;
  },
});

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new UsageError('a port is a number from 1 to 65535');
}

async function print({ outcomes, gaps }: GapReport, json: boolean, out: Output): Promise<void> {
  if (json) {
    for (const gap of gaps) out.json(gap);
    return;
  }
  const { gapKinds } = await import('../../transforms/mapping/index.ts');
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  out.line(counts.join(', '));
  for (const [kind, title] of Object.entries(gapKinds)) {
    const rows = gaps.filter(({ gap }) => gap === kind);
    if (rows.length === 0) continue;
    out.line(`${title}:`);
    for (const { what, messages } of rows) out.line(`  ${String(messages).padStart(6)}  ${what}`);
  }
}
