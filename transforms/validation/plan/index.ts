export { checkObject, missing } from './check-object.ts';
export type { Check, Needed, ObjectPlan, Slot } from './plan.ts';
export { buildTree, memberOf, referred, type TreeElement, treeOf } from './tree.ts';
export {
  type BundleIndex,
  enter,
  fail,
  isQuiet,
  type Json,
  leave,
  leaveUnchecked,
  noteElementId,
  pathOf,
  report,
  setPlace,
  startWalk,
  type Walk,
} from './walk.ts';
