// Goal: the invariants of US Core run as closures, and each contradicts no type.
// Method: every expression of both packages' snapshots is compiled, by the type it stands on.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { compilePath, isPathIssue } from '../../../transforms/fhirpath/index.ts';
import { invariantsOf } from '../../transforms/fhirpath/core-invariants.ts';

const corpora =
  process.env.PLEXUS_CORPORA ?? join(import.meta.dirname, '../../../../shared/corpora');

async function definitionsOf(file: string): Promise<fhir4.StructureDefinition[]> {
  const entries = await unpackTar(gunzipSync(readFileSync(file)));
  return entries.flatMap(({ header, data }) => {
    if (!/^package\/StructureDefinition-.*\.json$/.test(header.name) || !data) return [];
    return JSON.parse(Buffer.from(data).toString('utf8')) as fhir4.StructureDefinition;
  });
}

describe('invariants of US Core', () => {
  for (const version of ['610', '700']) {
    it(`are all compiled: ${version}`, async () => {
      const file = join(corpora, 'us-core', `hl7.fhir.us.core-${version}.tgz`);
      assert.ok(existsSync(file), 'no corpus: set PLEXUS_CORPORA');
      const invariants = (await definitionsOf(file)).flatMap(invariantsOf);
      const left = new Set<string>();
      for (const { key, type, expression } of invariants) {
        const path = compilePath(expression, { contextType: type });
        if (isPathIssue(path)) left.add(`${key} on ${type}: ${path.diagnostics}`);
        else if (!path.compiled) left.add(`${key}: ${path.refused}`);
      }
      assert.ok(invariants.some(({ key }) => key.startsWith('us-core-')));
      assert.deepEqual([...left], []);
    });
  }
});
