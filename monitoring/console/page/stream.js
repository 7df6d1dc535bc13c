// The live stream. A browser cannot set headers on a WebSocket, so the token goes as a protocol.

const retryFirstMs = 1_000;
const retryLastMs = 15_000;

const base64url = (text) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Stays connected until `stop` is called; `onFrame` gets parsed frames, `onState` the connection's state. */
export function openStream(token, { onFrame, onState }) {
  let socket;
  let timer;
  let waitMs = retryFirstMs;
  let isStopped = false;

  const open = () => {
    const url = new URL('/api/events?state=1&types=message&max=40', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(url, ['plexus.events', `plexus.token.${base64url(token)}`]);
    socket.onopen = () => {
      waitMs = retryFirstMs;
      onState('live');
    };
    socket.onmessage = ({ data }) => onFrame(JSON.parse(data));
    socket.onclose = () => {
      if (isStopped) return;
      onState('waiting');
      timer = setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, retryLastMs);
    };
  };
  open();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    socket.close();
  };
}
