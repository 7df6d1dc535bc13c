/**
 * A landed message. The number is `partition * 2^36 + sequence`, so an id names the journal file it
 * lives in; it stays below 2^53 for 131,071 partitions.
 */
export type MessageId = number & { readonly __brand: 'MessageId' };

const sequencesPerPartition = 2 ** 36;

export function messageId(partition: number, sequence: number): MessageId {
  return (partition * sequencesPerPartition + sequence) as MessageId;
}

export function partitionOf(id: MessageId): number {
  return Math.floor(id / sequencesPerPartition);
}

/** Reads an id that a person typed; undefined when it is none. */
export function parseMessageId(text: string): MessageId | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) && id > 0 ? (id as MessageId) : undefined;
}
