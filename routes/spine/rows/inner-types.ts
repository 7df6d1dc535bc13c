/**
 * Types that no reader shows: lists (`inner/lists.ts`) and moves (`inner/moves.ts`) fold, are
 * replayed and are taken back as resources are.
 */
export const listType = '-list';
export const moveType = '-move';

export const isInner = (type: string): boolean => type === listType || type === moveType;
