import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createTarDecoder } from 'modern-tar';
import type { Findings } from '../findings.ts';
import { bufferInput, type Input } from '../input.ts';

/** No resource of a package is larger; what is, is imported as a file. */
const entryBytesMax = 256 * 1024 * 1024;

/**
 * The resources of a FHIR package (a gzipped tar with its files in `package/`), one after the
 * other. Stops with `package-damaged` at a package that is cut short or is none.
 */
export async function* packageInputs(file: string, findings: Findings): AsyncIterable<Input> {
  const source = createReadStream(file);
  const unzipped = source.pipe(createGunzip());
  source.on('error', (error) => unzipped.destroy(error));
  try {
    const bytes = Readable.toWeb(unzipped) as ReadableStream<Uint8Array>;
    for await (const { header, body } of bytes.pipeThrough(createTarDecoder({ strict: true }))) {
      const isResource =
        header.type === 'file' &&
        /^package\/[^/]+\.json$/.test(header.name) &&
        !/^package\/(?:package\.json|\.index\.json|openapi\/.*)$/.test(header.name);
      if (!isResource || header.size > entryBytesMax) {
        if (isResource)
          findings.fail(`${file}:${header.name}`, 0, 'json-too-large', 'over 256 MB in a package');
        await body.cancel();
        continue;
      }
      yield bufferInput(`${file}:${header.name}`, Buffer.from(await new Response(body).bytes()));
    }
  } catch (error) {
    if (error instanceof Error && error.constructor.name === 'Unreadable') throw error;
    findings.fail(file, 0, 'package-damaged', 'this package is cut short, or is none');
  } finally {
    source.destroy();
  }
}
