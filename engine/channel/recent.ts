/**
 * What has just been written, so that it need not be read back: bounded by bytes, oldest out first.
 * A miss costs a read and nothing else.
 */
export function createRecent<Key, Value>(bytesMax: number) {
  const entries = new Map<Key, { value: Value; bytes: number }>();
  let total = 0;
  const drop = (key: Key): void => {
    total -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    put(key: Key, value: Value, bytes: number): void {
      if (bytes > bytesMax / 8) return;
      drop(key);
      entries.set(key, { value, bytes });
      total += bytes;
      for (const oldest of entries.keys()) {
        if (total <= bytesMax) break;
        drop(oldest);
      }
    },
    get: (key: Key): Value | undefined => entries.get(key)?.value,
    drop,
  };
}

export type Recent<Key, Value> = ReturnType<typeof createRecent<Key, Value>>;
