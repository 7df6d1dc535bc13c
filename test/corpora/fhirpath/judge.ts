import {
  compilePath,
  type Environment,
  isPathIssue,
  makeNode,
  type PathNode,
  r4Model,
  resourceNode,
} from '../../../transforms/fhirpath/index.ts';
import { inputOf, type SuiteTest } from './suite.ts';

/** What came of a test: it was met or missed, left to fhirpath.js, or its file is not there. */
export type Verdict = {
  readonly test: SuiteTest;
  readonly outcome: 'met' | 'missed' | 'left' | 'no-input';
  readonly said: string;
};

const profiles = 'http://hl7.org/fhir/StructureDefinition/';

const environmentOf = (resource: PathNode): Environment => ({
  resource,
  rootResource: resource,
  resolve: () => undefined,
  conformsTo: ({ type }, url) =>
    r4Model().type(url.replace(profiles, '')) === undefined
      ? undefined
      : url === profiles + type.name,
});

export function judge(folder: string, test: SuiteTest): Verdict {
  const verdict = (outcome: Verdict['outcome'], said = ''): Verdict => ({ test, outcome, said });
  const input = test.input === undefined ? {} : inputOf(folder, test.input);
  if (input === undefined) return verdict('no-input', test.input);
  const focus = resourceNode(r4Model(), input);
  const contextType = focus.type.isResource ? { contextType: focus.type.name } : {};
  const path = compilePath(test.expression, contextType);
  if (isPathIssue(path)) {
    return verdict(test.invalid === undefined ? 'missed' : 'met', path.diagnostics);
  }
  if (!path.compiled) return verdict('left', path.refused);
  const nodes = path.evaluate(focus, environmentOf(focus));
  if (isPathIssue(nodes)) {
    return verdict(test.invalid === undefined ? 'missed' : 'met', nodes.diagnostics);
  }
  const told = nodes.map(textOf);
  const said = told.join(' | ');
  if (test.invalid !== undefined) return verdict('missed', `${said} for an error`);
  return verdict(isExpected(test, nodes, told) ? 'met' : 'missed', said);
}

function isExpected(test: SuiteTest, nodes: readonly PathNode[], told: readonly string[]): boolean {
  const wanted = test.outputs.map(({ text }) => text);
  if (test.predicate) {
    const [only] = nodes;
    const truth = nodes.length === 1 && only?.value === false ? false : nodes.length > 0;
    return wanted.length === 1 && wanted[0] === String(truth);
  }
  if (wanted.length !== told.length) return false;
  const types = test.outputs.map(({ type }) => type?.toLowerCase());
  if (!test.ordered) return [...wanted].sort().join('\n') === [...told].sort().join('\n');
  return wanted.every((text, index) => {
    const type = types[index];
    const name = nodes[index]!.type.name.toLowerCase();
    return sameText(text, told[index]!, type) && (type === undefined || type === name);
  });
}

const sameText = (wanted: string, told: string, type: string | undefined): boolean =>
  wanted === told || (type === 'decimal' && Number(wanted) === Number(told));

/** As the suite writes values: dates with `@`, quantities with their unit. */
function textOf({ type, value }: PathNode): string {
  if (type.name === 'Quantity' && type.namespace === 'System') {
    const path = compilePath('toString()');
    const texts = isPathIssue(path) ? [] : path.evaluate(makeNode(type, value));
    return isPathIssue(texts) ? '' : String(texts[0]?.value);
  }
  if (type.system === 'Date' || type.system === 'DateTime') return `@${value}`;
  if (type.system === 'Time') return `@T${value}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
