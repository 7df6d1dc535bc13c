export { type PackedValueSet, type R4Definitions, r4Definitions } from './packed.ts';
export {
  type Constraint,
  type Discriminator,
  type ElementDefinition,
  type ElementType,
  isList,
  type Slicing,
  type StructureDefinition,
  typeCodeOf,
} from './structure-definition.ts';
