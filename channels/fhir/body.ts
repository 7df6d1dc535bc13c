import { type Clock, limits } from '../../engine/index.ts';

/**
 * Bytes of bodies that are being read or landed at the same time, by all senders of one listener.
 */
export type BodyBudget = { readonly bytesMax: number; bytes: number };

export type BodyRead =
  | { readonly raw: Buffer; release(): void }
  | { readonly refused: 'body-too-large' | 'body-too-slow' | 'busy' };

/**
 * Reads a body whole while the budget lasts, so that many large bodies at once cost a refusal and
 * not the memory, and for so long only. `release` MUST be called once the bytes are landed.
 */
export async function readBody(
  request: Request,
  budget: BodyBudget,
  bodyBytesMax: number,
  clock: Pick<Clock, 'after'>,
): Promise<BodyRead> {
  let cancel = () => {};
  const tooLate = new Promise<BodyRead>((resolve) => {
    cancel = clock.after(limits.httpRequestMs, () => resolve({ refused: 'body-too-slow' }));
  });
  const reading = readWhole(request, budget, bodyBytesMax);
  const read = await Promise.race([reading, tooLate]).finally(cancel);
  if ('refused' in read && read.refused === 'body-too-slow')
    reading.then(
      (late) => 'raw' in late && late.release(),
      () => {},
    );
  return read;
}

async function readWhole(
  request: Request,
  budget: BodyBudget,
  bodyBytesMax: number,
): Promise<BodyRead> {
  const declared = request.headers.get('content-length');
  const bytes = declared === null ? undefined : Number(declared);
  if (bytes === undefined) return readUndeclared(request, budget, bodyBytesMax);
  if (!(bytes <= bodyBytesMax)) return { refused: 'body-too-large' };
  if (budget.bytes + bytes > budget.bytesMax) return { refused: 'busy' };
  const release = take(budget, bytes);
  try {
    return { raw: Buffer.from(await request.arrayBuffer()), release };
  } catch (cause) {
    release();
    throw cause;
  }
}

async function readUndeclared(
  request: Request,
  budget: BodyBudget,
  bodyBytesMax: number,
): Promise<BodyRead> {
  const chunks: Uint8Array[] = [];
  const releases: (() => void)[] = [];
  const release = () => {
    for (const one of releases.splice(0)) one();
  };
  let total = 0;
  try {
    for await (const chunk of request.body ?? []) {
      total += chunk.length;
      const refused = total > bodyBytesMax ? 'body-too-large' : 'busy';
      if (refused === 'body-too-large' || budget.bytes + chunk.length > budget.bytesMax) {
        release();
        return { refused };
      }
      releases.push(take(budget, chunk.length));
      chunks.push(chunk);
    }
  } catch (cause) {
    release();
    throw cause;
  }
  return { raw: Buffer.concat(chunks, total), release };
}

function take(budget: BodyBudget, bytes: number): () => void {
  budget.bytes += bytes;
  let isTaken = true;
  return () => {
    if (isTaken) budget.bytes -= bytes;
    isTaken = false;
  };
}
