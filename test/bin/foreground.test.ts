// Goal: a full disk is said once and its end once, however often senders try again. Method: the
// events of such a night, as the engine emits them, and what the person at the terminal reads.
import assert from 'node:assert/strict';
import { journalTeller } from '../../bin/foreground.ts';
import type { Event } from '../../engine/index.ts';

describe('what is said of a journal that cannot write', () => {
  it('is its beginning and its end', () => {
    const said: string[] = [];
    const tell = journalTeller({ say: (text) => void said.push(text) });
    const full: Event = { type: 'commit-failed', cause: 'SQLITE_FULL' };
    const good: Event = { type: 'commit', rows: 1, tookMs: 1 };
    for (const event of [good, full, full, full, good, good, full]) tell(event);
    const why = 'the disk is full (SQLITE_FULL); senders hear AE until it can';
    const begin = `plexus: the journal cannot write: ${why}`;
    assert.deepEqual(said, [begin, 'plexus: the journal writes again', begin]);
  });
});
