export { type BoundsFinding, findSegments } from './bounds.ts';
export { type Characters, charactersOf, type FieldBits, fieldBits } from './fields.ts';
export { nameCode, nameOf, segmentNames } from './names.ts';
export { repairTildes, type SegmentRepair, segmentRepairs } from './repairs.ts';
export { type Presence, Segment, type SegmentSource } from './segment.ts';
