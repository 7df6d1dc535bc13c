// The page: signs in, then shows what the live stream brings. It only reads.

import { forgetToken, read, savedToken, signIn } from './session.js';
import { openStream } from './stream.js';
import { channelRows, destinationRows, messageRows, quarantineRows } from './tables.js';
import { count, rate } from './words.js';

const messagesShown = 25;
const minuteSeconds = 60;

const at = (id) => document.getElementById(id);
const statusText = { live: 'Live', waiting: 'Connection lost, trying again', off: 'Not signed in' };

let stopStream = () => {};
let isStill = false;
let skipped = 0;
let recent = [];
/** Channel to its received count and the rates of the last minute. */
const pulses = new Map();

function showStatus(state) {
  at('status').dataset.state = state;
  at('status').textContent = statusText[state];
}

function pulse({ channels, atUs }) {
  let total = 0;
  for (const { channel, received } of channels) {
    const last = pulses.get(channel);
    const seconds = last ? (atUs - last.atUs) / 1e6 : 0;
    // The same snapshot twice, or an engine that was started again.
    if (last && seconds <= 0) continue;
    const perSecond = last && seconds > 0 ? Math.max(0, received - last.received) / seconds : 0;
    const rates = [...(last?.rates ?? Array(minuteSeconds).fill(0)), perSecond].slice(
      -minuteSeconds,
    );
    pulses.set(channel, { received, atUs, rates });
  }
  for (const { channel } of channels) total += pulses.get(channel)?.rates.at(-1) ?? 0;
  return total;
}

const sum = (rows, value) => rows.reduce((total, row) => total + value(row), 0);

function showTile(id, text, level = '') {
  at(id).textContent = text;
  at(id).parentElement.dataset.level = level;
}

function showState(state) {
  const perSecond = pulse(state);
  const held = sum(state.channels, ({ held }) => held);
  const outgoing = sum(state.channels, ({ destinations }) =>
    sum(destinations, (row) => row.pending),
  );
  const deliveriesHeld = sum(state.channels, (row) => sum(row.destinations, ({ held }) => held));
  const violations = sum(state.conservation, (row) => row.violations);
  showTile('tile-rate', rate(perSecond));
  showTile('tile-pending', count(sum(state.channels, ({ pending }) => pending)));
  showTile('tile-outgoing', count(outgoing));
  showTile('tile-held', count(held + deliveriesHeld), held + deliveriesHeld > 0 ? 'warn' : '');
  showTile('tile-violations', count(violations), violations > 0 ? 'bad' : '');
  at('channels').replaceChildren(...channelRows(state, (name) => pulses.get(name)?.rates ?? []));
  at('destinations').replaceChildren(...destinationRows(state));
  at('quarantine').replaceChildren(...quarantineRows(state));
  at('quarantine-empty').hidden = state.quarantine.length > 0;
  at('quarantine-table').hidden = state.quarantine.length === 0;
}

function showMessages() {
  if (isStill) return;
  at('messages').replaceChildren(...messageRows(recent));
  at('messages-empty').hidden = recent.length > 0;
  at('messages-table').hidden = recent.length === 0;
  at('messages-skipped').textContent = skipped > 0 ? `${count(skipped)} more not shown` : '';
}

function addMessages(messages) {
  const known = new Set(messages.map(({ id }) => id));
  const older = recent.filter(({ id }) => !known.has(id));
  recent = [...messages.toReversed(), ...older].slice(0, messagesShown);
  showMessages();
}

function onFrame(frame) {
  if (frame.type === 'state') showState(frame);
  if (frame.type !== 'events') return;
  skipped += frame.dropped;
  addMessages(frame.events);
}

async function enter(token) {
  const session = await signIn(token);
  at('network').textContent = session.network;
  at('version').textContent = `Plexus ${session.version}`;
  document.title = `Plexus, ${session.network}`;
  at('sign-in').hidden = true;
  at('console').hidden = false;
  at('sign-out').hidden = false;
  stopStream = openStream(token, { onFrame, onState: showStatus });
  read(`messages?limit=${messagesShown}`, token).then(addMessages, () => {});
}

function leave() {
  stopStream();
  forgetToken();
  pulses.clear();
  recent = [];
  skipped = 0;
  at('console').hidden = true;
  at('sign-out').hidden = true;
  at('sign-in').hidden = false;
  showStatus('off');
  at('token').focus();
}

function refusal(error) {
  if (error.status === 401) return 'This is not the token of this engine.';
  return 'Plexus does not answer. Is it running?';
}

at('sign-in').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  at('sign-in-error').textContent = '';
  try {
    await enter(at('token').value.trim());
    at('token').value = '';
    at('main').focus();
  } catch (error) {
    at('sign-in-error').textContent = refusal(error);
    at('token').select();
  }
});

at('sign-out').addEventListener('click', leave);

at('hold-still').addEventListener('click', () => {
  isStill = !isStill;
  at('hold-still').setAttribute('aria-pressed', String(isStill));
  showMessages();
});

const token = savedToken();
if (token) enter(token).catch(leave);
else leave();
