// State and messages as rows. Text goes in as text nodes only, so no value can become markup.

import { age, count, rate, timeOf } from './words.js';

const svgNamespace = 'http://www.w3.org/2000/svg';
const stateLevels = { running: 'good', paused: 'warn', draining: 'warn', failed: 'bad' };
const outcomeLevels = { delivered: 'good', quarantined: 'bad' };

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const cell = (...children) => make('td', {}, ...children);
const number = (text) => make('td', { class: 'number' }, text);
const heading = (...children) => make('th', { scope: 'row' }, ...children);
const small = (text) => make('span', { class: 'small faint' }, text);
const badge = (text, level) =>
  make('span', level ? { class: 'badge', 'data-level': level } : { class: 'badge' }, text);
const code = (text) => make('span', { class: 'code' }, text);

function spark(points, label) {
  const svg = document.createElementNS(svgNamespace, 'svg');
  const top = Math.max(1, ...points);
  const line = points.map((point, x) => `${x},${23 - (point / top) * 22}`).join(' ');
  svg.setAttribute('class', 'spark');
  svg.setAttribute('viewBox', '0 0 60 24');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const polyline = document.createElementNS(svgNamespace, 'polyline');
  polyline.setAttribute('points', line);
  svg.append(polyline);
  return svg;
}

const oldest = (row, atUs) => (row.pending > 0 ? age(atUs - row.oldestPendingUs) : '–');

export function channelRows({ channels, atUs }, rates) {
  return channels.map((row) => {
    const points = rates(row.channel);
    const now = points.at(-1) ?? 0;
    return make(
      'tr',
      {},
      heading(row.channel, small(`${row.source}, ${row.owner}`)),
      cell(badge(row.state, stateLevels[row.state])),
      number(rate(now)),
      cell(spark(points, `at most ${rate(Math.max(0, ...points))} a second in the last minute`)),
      number(count(row.received)),
      number(count(row.settled)),
      number(count(row.pending)),
      number(oldest(row, atUs)),
      number(count(row.held)),
      number(row.lastReceivedUs > 0 ? `${age(atUs - row.lastReceivedUs)} ago` : 'never'),
      cell(code(row.revision)),
    );
  });
}

export function destinationRows({ channels, atUs }) {
  return channels.flatMap(({ channel, destinations }) =>
    destinations.map((row) =>
      make(
        'tr',
        {},
        // A route's name says little without its channel: most are called `files`.
        heading(`${channel} / ${row.destination}`),
        number(count(row.delivered)),
        number(count(row.pending)),
        number(oldest(row, atUs)),
        number(count(row.held)),
      ),
    ),
  );
}

const placeOf = ({ channel, destination }) =>
  destination ? `${channel} / ${destination}` : channel;

export function quarantineRows({ quarantine, atUs }) {
  return quarantine.map((row) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row', class: 'sentence' }, code(row.code), small(row.diagnostics)),
      cell(placeOf(row), small([row.stage, row.path].filter(Boolean).join(', '))),
      number(count(row.count)),
      number(age(atUs - row.oldestUs)),
      cell(row.owner || make('span', { class: 'faint' }, 'nobody')),
      cell(code(row.fingerprint)),
    ),
  );
}

export function messageRows(messages) {
  return messages.map((row) =>
    make(
      'tr',
      {},
      cell(timeOf(row.receivedUs)),
      cell(row.channel),
      cell(code(row.controlId)),
      cell(badge(row.outcome, outcomeLevels[row.outcome])),
      make('td', { class: 'number' }, code(String(row.id))),
    ),
  );
}
