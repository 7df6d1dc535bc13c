/**
 * What has just been written, so that it need not be read back: bounded by bytes. A queue is worked
 * oldest first, so when it grows past the bound what came first stays: to make room for the newest
 * would forget each just before its turn. A miss costs a read and nothing else.
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
      drop(key);
      if (bytes > bytesMax / 8 || total + bytes > bytesMax) return;
      entries.set(key, { value, bytes });
      total += bytes;
    },
    get: (key: Key): Value | undefined => entries.get(key)?.value,
    drop,
  };
}

export type Recent<Key, Value> = ReturnType<typeof createRecent<Key, Value>>;
