// Goal: enhanced mode as receiver (G9): MSH-15 and MSH-16 decide which acknowledgements come, the
// accept one after the commit, the application one after the chain, each once and naming its
// message; queries are refused with a code.
// Method: every pair of rules as a property against real sockets; the journal is an array, and the
// test settles messages by hand, as the engine does.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import fc from 'fast-check';
import type { Delivery, MessageId, Settlement, Source } from '../../../engine/index.ts';
import { adt, frame, msa, openListener, openSender } from './memory-journal.ts';

const rules = ['AL', 'NE', 'ER', 'SU', '', '""', 'XX'] as const;
type Rule = (typeof rules)[number];

const header = (id: string, accept: Rule, application: Rule): string =>
  adt(id).replace(`|${id}|P|2.5.1`, `|${id}|P|2.5.1|||${accept}|${application}`);

const delivered: Settlement = { outcome: 'delivered', issues: [] };
const held: Settlement = {
  outcome: 'quarantined',
  issues: [{ severity: 'error', code: 'birth-date-unreadable', diagnostics: 'No.', path: 'PID-7' }],
};

/** Does the rule want to hear this? What is unknown is taken for `AL`, nothing for `NE`. */
const wants = (rule: Rule, isPositive: boolean): boolean =>
  rule === 'AL' || rule === 'XX' || rule === (isPositive ? 'SU' : 'ER');

describe('channels/mllp in enhanced mode', () => {
  const open: Source[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.close(0)));
  });
  const listener = async () => {
    const opened = await openListener();
    open.push(opened.source);
    const settle = (id: number, settlement: Settlement) => {
      const landing = opened.journal.landings[id - 1]!;
      const { raw, receivedUs } = landing;
      const one = { id: id as MessageId, receivedUs, raw: () => raw, settlement: () => settlement };
      return opened.source.answer!([one as unknown as Delivery])[0]!;
    };
    return { ...opened, settle };
  };

  it('gives each pair of rules exactly the answers that it wants, in order', async () => {
    const { port, journal, settle } = await listener();
    const sender = await openSender(port);
    let count = 0;
    let answers = 0;
    const rule = fc.constantFrom(...rules);
    await fc.assert(
      fc.asyncProperty(rule, rule, fc.boolean(), fc.boolean(), async (accept, app, bad, fails) => {
        count += 1;
        const id = `E${count}`;
        const empty = (word: Rule) => word === '' || word === '""';
        const isOriginal = empty(accept) && empty(app);
        // Who wants no answer at all is cut off by a failure; another test shows that.
        if (fails && !isOriginal && [accept, app].every((word) => empty(word) || word === 'NE'))
          return;
        let tried = false;
        journal.onLand = () => {
          tried = true;
          return fails ? Promise.reject(new Error('disk full')) : undefined;
        };
        const before = journal.landings.length;
        sender.write(frame(header(id, accept, app)));
        const expected: string[] = [];
        if (isOriginal) expected.push(fails ? 'AE' : 'AA');
        else if (!fails && wants(accept, true)) expected.push('CA');
        else if (fails && wants(accept, false)) expected.push('CE');
        else if (fails && wants(app, false)) expected.push('AE');
        // A second message shows that nothing more came for the first.
        await sender.answered(answers + expected.length);
        while (!tried || (!fails && journal.landings.length === before))
          await new Promise((resolve) => setImmediate(resolve));
        const landing = fails ? undefined : journal.landings.at(-1)!;
        const owes = !isOriginal && !empty(app) && app !== 'NE';
        if (landing) equal(landing.answer ?? false, owes);
        if (landing?.answer) {
          await new Promise((resolve) => setImmediate(resolve));
          const verdict = settle(journal.landings.length, bad ? held : delivered);
          equal(verdict.kind, 'delivered');
          if (wants(app, !bad)) expected.push(bad ? 'AE' : 'AA');
        }
        journal.onLand = () => undefined;
        sender.write(frame(adt(`S${count}`)));
        const all = await sender.answered(answers + expected.length + 1);
        deepEqual(all.slice(answers).map(msa), [
          ...expected.map((code) => `${code} ${id}`),
          `AA S${count}`,
        ]);
        const ids = all.slice(answers).map((ack) => ack.split('|')[9]);
        equal(new Set(ids).size, ids.length);
        answers = all.length;
      }),
      { numRuns: 300, endOnFailure: true },
    );
    sender.socket.destroy();
  });

  it('tells what is wrong in the AE, and asks for no answer to it', async () => {
    const { port, settle } = await listener();
    const sender = await openSender(port);
    sender.write(frame(header('H1', 'AL', 'AL')));
    await sender.answered(1);
    settle(1, held);
    const [accept, application] = await sender.answered(2);
    deepEqual([msa(accept!), msa(application!)], ['CA H1', 'AE H1']);
    match(application!, /\rERR\|\|PID\^1\^7\^1\|207\^[^|]*\|E\|birth-date-unreadable/);
    deepEqual(application!.split('\r')[0]!.split('|').slice(14, 16), ['NE', 'NE']);
    sender.socket.destroy();
  });

  it('never lets the application acknowledgement overtake that of the commit', async () => {
    const { port, journal, settle } = await listener();
    let release = () => {};
    journal.onLand = ({ controlId }) =>
      controlId === 'SLOW'
        ? new Promise<void>((resolve) => {
            release = resolve;
          })
        : Promise.resolve();
    const sender = await openSender(port);
    sender.write(frame(adt('SLOW')) + frame(header('FAST', 'AL', 'AL')));
    while (journal.landings.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    equal(settle(1, delivered).kind, 'delivered');
    equal(sender.text(), '');
    release();
    deepEqual((await sender.answered(3)).map(msa), ['AA SLOW', 'CA FAST', 'AA FAST']);
    sender.socket.destroy();
  });

  it('answers a duplicate on its own connection, with the same bytes', async () => {
    const { port, journal, settle } = await listener();
    const first = await openSender(port);
    first.write(frame(header('D1', 'AL', 'AL')));
    await first.answered(1);
    settle(1, delivered);
    const answers = await first.answered(2);
    first.socket.destroy();
    await first.closed();
    const second = await openSender(port);
    second.write(frame(header('D1', 'AL', 'AL')));
    await second.answered(1);
    settle(1, delivered);
    deepEqual(await second.answered(2), answers);
    equal(journal.landings.length, 1);
    second.socket.destroy();
  });

  it('holds the answer of a sender that is gone, and lets one out before it closes', async () => {
    const { port, settle, source } = await listener();
    const gone = await openSender(port);
    gone.write(frame(header('G1', 'AL', 'AL')));
    await gone.answered(1);
    gone.socket.destroy();
    while (source.connections!() > 0) await new Promise((resolve) => setImmediate(resolve));
    const verdict = settle(1, delivered);
    ok(verdict.kind === 'hold' && verdict.issues[0]!.code === 'sender-gone');
    const waiting = await openSender(port);
    waiting.write(frame(header('G2', 'AL', 'AL')));
    await waiting.answered(1);
    const closed = source.close(5_000);
    equal(settle(2, delivered).kind, 'delivered');
    deepEqual((await waiting.answered(2)).map(msa), ['CA G2', 'AA G2']);
    await waiting.closed();
    await closed;
  });

  it('closes on a sender that wants no answer when its message could not be stored', async () => {
    const { port, journal } = await listener();
    journal.onLand = () => Promise.reject(new Error('disk full'));
    const sender = await openSender(port);
    sender.write(frame(header('N1', 'NE', 'NE')));
    await sender.closed();
    equal(sender.text(), '');
  });

  it('answers a batch once, and each message in it that wants an answer', async () => {
    const { port, journal, settle } = await listener();
    const sender = await openSender(port);
    const parts = [header('B1', 'AL', 'AL'), header('B2', 'AL', 'NE'), header('B3', 'AL', 'ER')];
    sender.write(frame(`BHS|^~\\&|REG|WEST|P|N|2025||||BATCH\r${parts.join('')}BTS|3\r`));
    equal(msa((await sender.answered(1))[0]!), 'CA BATCH');
    deepEqual(
      journal.landings.map(({ answer }) => answer ?? false),
      [false, true, false, true],
    );
    settle(2, delivered);
    settle(4, held);
    deepEqual((await sender.answered(3)).slice(1).map(msa), ['AA B1', 'AE B3']);
    sender.socket.destroy();
  });

  const query = (acks: string) =>
    [
      `MSH|^~\\&|WARD|WEST|PLEXUS|NET|20250301||QBP^Q22^QBP_Q21|Q1|P|2.5.1|||${acks}`,
      'QPD|IHE PDQ Query|TAG7|@PID.5.1^TESTST\xd6NE',
      'RCP|I|1^RD',
      '',
    ].join('\r');

  it('refuses a query in original mode with RSP, AR, QAK and its own QPD', async () => {
    const { port, journal } = await listener();
    const sender = await openSender(port);
    sender.write(frame(query('|')));
    const [answer] = await sender.answered(1);
    const segments = answer!.split('\r');
    match(segments[0]!, /\|RSP\^K22\^RSP_K21\|1\|P\|2\.5\.1$/);
    equal(msa(answer!), 'AR Q1');
    match(
      segments[2]!,
      /^ERR\|\|MSH\^1\^9\^1\|200\^Unsupported message type\^HL70357\|E\|query-ref/,
    );
    equal(segments[3], 'QAK|TAG7|AR|IHE PDQ Query');
    equal(segments[4], 'QPD|IHE PDQ Query|TAG7|@PID.5.1^TESTST\xd6NE');
    equal(journal.landings[0]!.filtered, 'query-refused');
    sender.socket.destroy();
  });

  it('refuses it in enhanced mode after the CA, an old query by ACK, and a response', async () => {
    const { port, journal, settle } = await listener();
    const sender = await openSender(port);
    sender.write(frame(query('AL|AL')));
    await sender.answered(1);
    settle(1, { outcome: 'filtered', issues: [] });
    sender.write(frame('MSH|^~\\&|A|B|C|D|2025||QRY^A19|Q2|P|2.3\rQRD|2025|R|I|T\r'));
    sender.write(frame('MSH|^~\\&|A|B|C|D|2025||RSP^K22|Q3|P|2.5\rMSA|AA|X\rPID|1\r'));
    const answers = await sender.answered(4);
    deepEqual(answers.map(msa), ['CA Q1', 'AR Q1', 'AR Q2', 'AR Q3']);
    match(answers[1]!, /^MSH.*\|RSP\^K22\^RSP_K21\|1A\|/);
    match(answers[2]!, /\|ACK\^A19\|.*\rERR\|MSH\^1\^9\^200&/s);
    equal(journal.landings[2]!.refused![0]!.code, 'message-type-unsupported');
    sender.socket.destroy();
  });
});
