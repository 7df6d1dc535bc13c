// The token: asked for once a tab, kept in this tab's session storage, sent as a header and never in a URL.

const place = 'plexus-token';

export const savedToken = () => sessionStorage.getItem(place);
export const forgetToken = () => sessionStorage.removeItem(place);

/** Reads JSON from `/api`; throws an Error with `status` when it is refused. */
export async function read(path, token) {
  const answer = await fetch(`/api/${path}`, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
  return answer.json();
}

/** Who the token belongs to, and what runs here; keeps the token when it is good. */
export async function signIn(token) {
  const session = await read('session', token);
  sessionStorage.setItem(place, token);
  return session;
}
