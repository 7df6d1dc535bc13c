import { invalid, type Place } from '../faults.ts';
import { type Model, type PathType, systemTypes } from '../model.ts';
import { type TypeName, typeNameOf } from '../syntax.ts';
import type { Call } from './call.ts';

/**
 * The types that a name may stand for: without a namespace FHIR's and the System's, where both
 * have it (`Quantity`). A name that nobody knows makes the expression wrong.
 */
export function typesNamed({ namespace, name }: TypeName, model: Model, at: Place): PathType[] {
  const found: PathType[] = [];
  if (namespace === undefined || namespace === 'FHIR') found.push(...toList(model.type(name)));
  if (namespace === undefined || namespace === 'System')
    if (name in systemTypes) found.push(systemTypes[name as keyof typeof systemTypes]);
  if (found.length > 0 || namespace === 'System') return found;
  const full = namespace === undefined ? name : `${namespace}.${name}`;
  throw invalid(`There is no type ${full}.`, at);
}

const toList = (type: PathType | undefined): PathType[] => (type === undefined ? [] : [type]);

export function typeArgument({ args, name, model, at }: Call): PathType[] {
  const named = typeNameOf(args[0]);
  if (named === undefined) throw invalid(`${name} needs the name of a type.`, at);
  return typesNamed(named, model, at);
}
