import { limits } from './limits.ts';

/** Is anything in this JSON nested too deeply to be walked? See `limits.jsonDepthMax`. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= limits.jsonDepthMax) return true;
  for (const inner of Object.values(value)) if (isTooDeep(inner, depth + 1)) return true;
  return false;
}
