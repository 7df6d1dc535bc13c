/** `0/16B3748` as the number that it is. */
export function lsnNumber(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** Microseconds from 1970 to 2000, where PostgreSQL counts from. */
const epochUs = 946_684_800_000_000n;

/**
 * Standby status update (PostgreSQL, section 55.4): everything before `lsn` is written, flushed and
 * applied, so that the slot may forget it.
 */
export function statusUpdate(lsn: bigint, nowUs: number): Buffer {
  const update = Buffer.alloc(34);
  update.write('r', 'latin1');
  for (const at of [1, 9, 17]) update.writeBigUInt64BE(lsn, at);
  update.writeBigInt64BE(BigInt(Math.trunc(nowUs)) - epochUs, 25);
  return update;
}

/** A message of the replication stream: data of the plug-in, or a sign of life. */
export type Frame =
  | { readonly kind: 'data'; readonly data: Buffer }
  | { readonly kind: 'alive'; readonly lsn: bigint; readonly wantsReply: boolean };

/** Undefined for what this protocol does not know. */
export function readFrame(chunk: Buffer): Frame | undefined {
  if (chunk[0] === 0x77 && chunk.length >= 25) return { kind: 'data', data: chunk.subarray(25) };
  if (chunk[0] !== 0x6b || chunk.length < 18) return undefined;
  return { kind: 'alive', lsn: chunk.readBigUInt64BE(1), wantsReply: chunk[17] === 1 };
}
