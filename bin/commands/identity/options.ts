import type { Invocation, OptionSpec } from '../../command.ts';

/** What the verbs of stewards take beside those of the other verbs of `identity`. */
export const stewardOptions = {
  outcome: {
    type: 'string',
    value: 'WORD',
    about: 'decide: same, different, cannot-tell or data-error.',
  },
  chosen: {
    type: 'string',
    value: 'WHO',
    about: 'decide: of several candidates, the one that it is about.',
  },
  by: { type: 'string', value: 'NAME', about: 'Who orders it (default: your login name).' },
  second: {
    type: 'string',
    value: 'NAME',
    about: 'A second person who agrees, where a veto fired.',
  },
  reason: { type: 'string', value: 'TEXT', about: 'Why; kept for ever.' },
  split: {
    type: 'string',
    multiple: true,
    value: 'WHO',
    about: 'unmerge: gives this record (or several) a person of its own.',
  },
  undo: { type: 'boolean', about: 'unmerge: as if it had never been; the two may meet again.' },
  republish: {
    type: 'boolean',
    about: 'unmerge, decide: runs the messages of the meantime again.',
  },
  preview: { type: 'boolean', about: 'merge: says what it would give, and writes nothing.' },
  name: { type: 'string', value: 'NAME', about: 'refit: what the new model is called.' },
  seed: { type: 'string', value: 'N', about: 'refit: same records and seed, same model.' },
  limit: { type: 'string', value: 'N', about: 'review ls: so many rows (default 50).' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type StewardCall = Invocation<typeof stewardOptions>;

export const reviewDetails = `review ls       what waits for a steward, the oldest first
review show N   the two records side by side, with what speaks for and against
decide N        closes a review: --outcome same|different|cannot-tell|data-error`;

export const stewardDetails = `merge A B       makes two persons one; A survives
unmerge WHO     takes back a merge by its number, or the newest merge of a person;
                with --split gives these records a person of their own
explain A B     why two records are one person, or two: score, vetoes, links, history
history WHO     what happened to a person
verify          folds all events anew and compares; exit 1 when the state is another
audit-rate      what blind samples say of wrong automatic links
refit           fits a candidate model to the records and to what stewards judged, and writes it to
                identity/models/NAME.json of --config; no policy pins it yet
labels          the pairs that stewards judged, as NDJSON
WHO, A and B are written SYSTEM|NUMBER, or are the id of a person. Through the running engine, else
on the data folder itself, for orders under its lock.`;
