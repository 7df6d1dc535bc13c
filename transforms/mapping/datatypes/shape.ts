/** Leaves out what is undefined, '' or an empty list: FHIR has no empty values. */
export function drop<T extends Record<string, unknown>>(
  value: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {};
  for (const key in value) {
    const item = value[key] as unknown;
    if (item === undefined || item === '') continue;
    if (Array.isArray(item) && item.length === 0) continue;
    kept[key] = item;
  }
  return kept as { [K in keyof T]?: Exclude<T[K], undefined> };
}
