import type { IncomingMessage } from 'node:http';

/** A token request is an assertion of one or two kilobytes; whoever sends more is a stranger. */
const formBytesMax = 32 * 1024;

export type Form =
  | { readonly fields: URLSearchParams }
  | { readonly status: number; readonly refused: string };

/** Reads `application/x-www-form-urlencoded`, the only body that is read of a stranger. */
export async function readForm(request: IncomingMessage): Promise<Form> {
  const [type = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (type.trim() !== 'application/x-www-form-urlencoded')
    return { status: 415, refused: 'send application/x-www-form-urlencoded' };
  const tooLong: Form = { status: 413, refused: 'the form is too long' };
  if (Number(request.headers['content-length'] ?? 0) > formBytesMax) return tooLong;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > formBytesMax) return tooLong;
    chunks.push(chunk);
  }
  return { fields: new URLSearchParams(Buffer.concat(chunks).toString('utf8')) };
}
