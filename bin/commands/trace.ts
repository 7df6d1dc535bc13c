import {
  exitCodes,
  type MessageId,
  PlexusError,
  parseMessageId,
  type Reader,
  type TraceView,
} from '../../engine/index.ts';
import { defineCommand, type Output, UsageError } from '../command.ts';
import { isoTime, issueText, messageRow, messageText } from '../message-rows.ts';

export const trace = defineCommand({
  name: 'trace',
  summary: 'Shows everything that happened to one message.',
  usage: 'ID [--payload]',
  details: `ID is the id of \`messages\`, or else a message control id (MSH-10) or a SHA-256.
The resources that it made are named; their bodies hold patient data and come with --payload only.`,
  options: {
    payload: { type: 'boolean', about: 'With the bodies of the resources (patient data).' },
  },
  async run(call) {
    const [word] = call.args;
    if (word === undefined || call.args.length > 1) throw new UsageError('name one message');
    const { openData } = await import('../data.ts');
    using data = openData(call);
    const ids = idsOf(word, data.reader);
    const withBody = call.options.payload === true;
    for (const id of ids) {
      const view = data.reader.trace(id);
      if (view === undefined) continue;
      if (call.json) call.out.json(traceRow(view, withBody));
      else print(view, withBody, call.out);
    }
    if (ids.length > 0) return exitCodes.ok;
    throw new PlexusError('message-unknown', 'there is no such message', { exit: exitCodes.usage });
  },
});

function idsOf(word: string, reader: Reader): readonly MessageId[] {
  const id = parseMessageId(word);
  if (id !== undefined && reader.trace(id) !== undefined) return [id];
  const byHash = /^[0-9a-f]{64}$/i.test(word);
  const query = byHash ? { sha256: word.toLowerCase() } : { controlId: word };
  return [...reader.messages(query)].map((message) => message.id);
}

function traceRow(view: TraceView, withBody: boolean) {
  return {
    ...messageRow(view),
    bytes: view.bytes,
    duplicates: view.duplicates.map(isoTime),
    steps: view.steps.map(({ tookUs, ...step }) => ({ ...step, took_us: tookUs })),
    destinations: view.destinations,
    history: view.history.map(({ atUs, ...step }) => ({ ...step, at: isoTime(atUs) })),
    unvisited: view.unvisited,
    resources: view.resources.map(({ type, id, json }) => ({
      type,
      id,
      ...(withBody ? { resource: JSON.parse(json) as unknown } : {}),
    })),
  };
}

function print(view: TraceView, withBody: boolean, out: Output): void {
  out.line(messageText(messageRow(view)));
  out.line(`  ${view.bytes} bytes, sha256 ${view.sha256}`);
  for (const again of view.duplicates) out.line(`  came again ${isoTime(again)}`);
  for (const { generation, stage, outcome, tookUs, issues, revision } of view.steps) {
    const took = `${(tookUs / 1000).toFixed(1)} ms`.padStart(9);
    const run = `run ${generation}, ${revision}`;
    out.line(`  ${stage.padEnd(12)} ${outcome.padEnd(8)} ${took}  ${run}`);
    for (const issue of issues) out.line(`      ${issueText(issue)}`);
  }
  if (view.unvisited.length > 0) out.line(`  not read: ${view.unvisited.join(', ')}`);
  for (const { destination, generation, state, attempts, code } of view.destinations) {
    const tried = attempts === 0 ? '' : `, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    out.line(`  -> ${destination} ${state} run ${generation}${tried} ${code}`.trimEnd());
  }
  for (const { atUs, action, by, reason, destination } of view.history) {
    const where = destination === '' ? '' : ` at ${destination}`;
    const why = reason === '' ? '' : `: ${reason}`;
    out.line(`  ${isoTime(atUs)} ${action}${where} by ${by}${why}`);
  }
  for (const { type, id, json } of view.resources)
    out.line(`  ${type}/${id}${withBody ? ` ${json}` : ''}`);
}
