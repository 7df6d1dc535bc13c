import { fromList, fromOne, fromTruth, many, type Scope, single } from '../code.ts';
import { failed, fault } from '../faults.ts';
import { isJsonObject, makeNode, type PathNode, resourceNode } from '../node.ts';
import { comparable, quantityOf } from '../quantity.ts';
import { type Functions, given, textOf } from './call.ts';
import { isNarrative } from './narrative.ts';

const hasValue = (node: PathNode): boolean =>
  node.value !== undefined && node.type.system !== undefined;

/** The functions that FHIR R4 adds (FHIRPath page of the standard, "Additional functions"). */
export const fhir: Functions = {
  hasValue: {
    takes: [0, 0],
    compile: ({ input }) =>
      fromTruth((focus, scope) => {
        const node = input.pick(focus, scope);
        return node !== undefined && node !== many && hasValue(node);
      }),
  },
  getValue: {
    takes: [0, 0],
    compile: ({ input }) =>
      fromOne((focus, scope) => {
        const node = input.pick(focus, scope);
        if (node === undefined || node === many || !hasValue(node)) return undefined;
        return makeNode(node.type, node.value);
      }),
  },
  resolve: {
    takes: [0, 0],
    compile: ({ input }) =>
      fromList((focus, scope) =>
        input.list(focus, scope).flatMap((node) => resolveNode(node, scope) ?? []),
      ),
  },
  memberOf: {
    takes: [1, 1],
    compile: (call) => {
      const coded = single(call.input, call.name);
      const url = textOf(given(call, 0), call.name);
      return fromTruth((focus, scope) => {
        const node = coded(focus, scope);
        const valueSet = url(focus, scope);
        if (node === undefined || valueSet === undefined) return undefined;
        const { memberOf } = scope.env;
        if (memberOf === undefined)
          throw fault('fhirpath-unavailable', 'memberOf needs a terminology service.');
        const is = memberOf(node, valueSet);
        if (is !== undefined) return is;
        throw fault('fhirpath-unavailable', `The value set ${valueSet} is not at hand.`);
      });
    },
  },
  conformsTo: {
    takes: [1, 1],
    compile: (call) => {
      const one = single(call.input, call.name);
      const url = textOf(given(call, 0), call.name);
      return fromTruth((focus, scope) => {
        const node = one(focus, scope);
        const profile = url(focus, scope);
        if (node === undefined || profile === undefined) return undefined;
        const { conformsTo } = scope.env;
        if (conformsTo === undefined)
          throw fault('fhirpath-unavailable', 'conformsTo needs a validator.');
        const conforms = conformsTo(node, profile);
        if (conforms !== undefined) return conforms;
        throw failed(`conformsTo names the profile ${profile}, which nobody here knows.`);
      });
    },
  },
  htmlChecks: {
    takes: [0, 0],
    compile: ({ input, name }) => {
      const one = single(input, name);
      return fromTruth((focus, scope) => {
        const value = one(focus, scope)?.value;
        return typeof value === 'string' ? isNarrative(value) : undefined;
      });
    },
  },
  comparable: {
    takes: [1, 1],
    compile: (call) => {
      const [one, other] = [single(call.input, call.name), single(given(call, 0), call.name)];
      return fromTruth((focus, scope) => {
        const [a, b] = [one(focus, scope), other(focus, scope)];
        if (a === undefined || b === undefined) return undefined;
        const [left, right] = [quantityOf(a), quantityOf(b)];
        return left !== undefined && right !== undefined && comparable(left, right);
      });
    },
  },
};

/** What a Reference, a uri or a canonical names; a `#id` stands in what contains the resource. */
function resolveNode({ value }: PathNode, { env, model, context }: Scope): PathNode | undefined {
  const reference = isJsonObject(value) ? value.reference : value;
  if (typeof reference !== 'string') return undefined;
  if (reference.startsWith('#')) {
    const root = env.rootResource ?? env.resource ?? context;
    return reference === '#' ? root : containedNode(root, reference.slice(1), model);
  }
  const found = env.resolve?.(reference);
  return found === undefined ? undefined : resourceNode(model, found);
}

function containedNode(
  { value }: PathNode,
  id: string,
  model: Scope['model'],
): PathNode | undefined {
  const contained = isJsonObject(value) ? value.contained : undefined;
  if (!Array.isArray(contained)) return undefined;
  const found = contained.find((one) => isJsonObject(one) && one.id === id);
  return found === undefined ? undefined : resourceNode(model, found);
}
