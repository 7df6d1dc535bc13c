import { lsnNumber } from '../../../channels/cdc/postgres/lsn.ts';

/** What pgoutput sends for a value that is stored apart and did not change. */
export const unchanged: unique symbol = Symbol('unchanged');

type Value = string | null | typeof unchanged;

const byte = (text: string): Buffer => Buffer.from(text, 'latin1');
const text = (value: string): Buffer => Buffer.from(`${value}\0`);

function int(value: number, bytes: 1 | 2 | 4): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
}

function long(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(value);
  return buffer;
}

export const begin = (lsn: string, xid: number): Buffer =>
  Buffer.concat([byte('B'), long(lsnNumber(lsn)), long(1_000_000n), int(xid, 4)]);

export const commit = (lsn: string): Buffer =>
  Buffer.concat([byte('C\0'), long(1n), long(lsnNumber(lsn)), long(1_000_000n)]);

type Column = { readonly name: string; readonly oid: number; readonly isKey?: boolean };

export const relation = (
  oid: number,
  schema: string,
  table: string,
  columns: readonly Column[],
): Buffer =>
  Buffer.concat([
    ...[byte('R'), int(oid, 4), text(schema), text(table), byte('d'), int(columns.length, 2)],
    ...columns.flatMap((column) => [
      ...[int(column.isKey ? 1 : 0, 1), text(column.name), int(column.oid, 4), int(-1, 4)],
    ]),
  ]);

const tuple = (values: readonly Value[]): Buffer =>
  Buffer.concat([
    int(values.length, 2),
    ...values.map((value) => {
      if (value === unchanged) return byte('u');
      if (value === null) return byte('n');
      const bytes = Buffer.from(value);
      return Buffer.concat([byte('t'), int(bytes.length, 4), bytes]);
    }),
  ]);

export const insert = (oid: number, row: readonly Value[]): Buffer =>
  Buffer.concat([byte('I'), int(oid, 4), byte('N'), tuple(row)]);

export const update = (
  oid: number,
  row: readonly Value[],
  old: { readonly key?: readonly Value[] } = {},
): Buffer =>
  Buffer.concat([
    ...[byte('U'), int(oid, 4)],
    ...(old.key === undefined ? [] : [byte('K'), tuple(old.key)]),
    ...[byte('N'), tuple(row)],
  ]);

export const deleteRow = (oid: number, key: readonly Value[]): Buffer =>
  Buffer.concat([byte('D'), int(oid, 4), byte('K'), tuple(key)]);

export const truncate = (oids: readonly number[]): Buffer =>
  Buffer.concat([
    ...[byte('T'), int(oids.length, 4), int(0, 1)],
    ...oids.map((oid) => int(oid, 4)),
  ]);

/** XLogData: two log positions and a time before the data. */
export const xlog = (data: Buffer): Buffer => Buffer.concat([byte('w'), Buffer.alloc(24), data]);

export const keepalive = (lsn: string, wantsReply: boolean): Buffer =>
  Buffer.concat([byte('k'), long(lsnNumber(lsn)), long(0n), int(wantsReply ? 1 : 0, 1)]);
