// Runs HL7's terminology tests against the HTTP face of the project, in memory, without a socket.

import { createTerminologyFace } from '../../../transforms/terminology/index.ts';
import { layered } from '../../../transforms/terminology/knowledge.ts';
import { memoryKnowledge } from '../../../transforms/terminology/memory/index.ts';
import { createClosureTables } from '../../../transforms/terminology/operations/index.ts';
import { compare } from './compare.ts';
import { baseResources, type Json, type Test, testsOf } from './suites.ts';

export type Result = {
  readonly test: Test;
  /** Undefined when it passed. */
  readonly difference: string | undefined;
  readonly isTolerated: boolean;
  readonly actual: Json;
};

const paths: Readonly<Record<string, string>> = {
  expand: '/ValueSet/$expand',
  'validate-code': '/ValueSet/$validate-code',
  'batch-validate': '/ValueSet/$batch-validate-code',
  'cs-validate-code': '/CodeSystem/$validate-code',
  lookup: '/CodeSystem/$lookup',
  translate: '/ConceptMap/$translate',
  compare: '/ValueSet/$related',
  metadata: '/metadata',
  'term-caps': '/metadata?mode=terminology',
};

/** Who asks; the tests are not about signing in. */
const env = { principal: { id: 'tests', kind: 'client' } };

export async function runTests(mode: string | undefined): Promise<Result[]> {
  const base = memoryKnowledge(baseResources());
  const results: Result[] = [];
  for (const test of testsOf(mode)) results.push(await runTest(test, base));
  return results;
}

type Knowledge = ReturnType<typeof memoryKnowledge>;

async function runTest(test: Test, base: Knowledge): Promise<Result> {
  const bugs: unknown[] = [];
  const face = createTerminologyFace({
    knowledge: () => layered(memoryKnowledge(test.setup), base),
    document: () => undefined,
    closures: createClosureTables(),
    nowUs: () => Date.now() * 1_000,
    about: { version: '0.1.0' },
    bug: (cause) => bugs.push(cause),
    unavailable: (code) => bugs.push(code),
  });
  const path = paths[test.operation];
  if (path === undefined) throw new Error(`no such operation: ${test.operation}`);
  const media = 'application/fhir+json; fhirVersion=5.0';
  const language = test.acceptLanguage;
  const request = new Request(`http://terminology.test${path}`, {
    ...(test.request === undefined
      ? { method: 'GET' }
      : { method: 'POST', body: JSON.stringify(test.request) }),
    headers: {
      ...{ 'Content-Type': media, Accept: media },
      ...(language === undefined ? {} : { 'Accept-Language': language }),
    },
  });
  const response = await face.fetch(request, env as never);
  const actual = await response.json();
  if (bugs.length > 0) throw bugs[0];
  const status = `${Math.floor(response.status / 100)}xx`;
  const isPattern = test.request === undefined;
  const first = judge(test.response, actual, test.httpCode, status, isPattern);
  const isFirst = first.difference === undefined || test.response2 === undefined;
  const { difference, isTolerated } = isFirst
    ? first
    : better(first, judge(test.response2, actual, '4xx', status));
  return { test, difference, isTolerated, actual };
}

type Judged = { readonly difference: string | undefined; readonly isTolerated: boolean };

function judge(
  expected: Json,
  actual: Json,
  wanted: string,
  status: string,
  isPattern = false,
): Judged {
  // An outcome that is expected without a word of its status is one of an error.
  const isError = expected.resourceType === 'OperationOutcome' && wanted === '2xx';
  const code = isError ? '4xx' : wanted;
  if (code !== status) {
    const { difference } = compare(expected, actual);
    return { difference: `status ${status}, not ${code}; ${difference}`, isTolerated: false };
  }
  return compare(expected, actual, { isPattern });
}

const better = (first: Judged, second: Judged) =>
  second.difference === undefined ? second : first;
