import { FhirRequestError } from './request-error.ts';

/** Reads a body whole, up to a limit. Throws `answer-too-large` or `answer-broken-off`. */
export async function readWhole(response: Response, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new FhirRequestError('answer-too-large', response.status);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof FhirRequestError) throw cause;
    throw new FhirRequestError('answer-broken-off', 0);
  }
  return Buffer.concat(chunks);
}
