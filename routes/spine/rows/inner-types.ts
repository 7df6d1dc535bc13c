/**
 * Types that no reader shows: lists (`lists.ts`) and moves (`moves.ts`) fold, are replayed and are
 * taken back as resources are.
 */
export const listType = '-list';
export const moveType = '-move';

export const isInner = (type: string): boolean => type === listType || type === moveType;
