import type { TestServer } from './server.ts';

export type Writer = {
  /** So many transactions, each of a few changes. */
  write(transactions: number): Promise<void>;
  /** Ends the writing; gives the log position behind all of it. */
  mark(): Promise<string>;
  /** Rows that were there and are not. */
  readonly deleted: { readonly specimen: Set<string>; readonly finding: Set<string> };
};

/** Changes the department's tables at random; some texts are so long that they are kept apart. */
export function createWriter(server: TestServer, random: () => number): Writer {
  const deleted = { specimen: new Set<string>(), finding: new Set<string>() };
  const there = { specimen: [] as string[], finding: [] as string[] };
  let next = 1;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const moment = () =>
    new Date(Date.UTC(2026, 2, 1) + Math.floor(random() * 1e6) * 1_000).toISOString();
  const letters = (count: number) =>
    Array.from({ length: count }, () => Math.floor(random() * 2 ** 32).toString(36)).join('');
  const site = () => pick([null, 'arm', 'left | ^ \\ leg', `long ${letters(2_000)}`]);

  async function insert(): Promise<void> {
    const id = String(next++);
    const mrn = `P${Math.ceil(random() * 20)}`;
    const state = pick(['stored', 'used', null]);
    if (random() < 0.5) {
      there.specimen.push(id);
      const kind = pick(['BLD', 'URN', null]);
      const values = [id, mrn, kind, state, moment(), site()];
      await server.sql(
        `INSERT INTO lis.specimen(id, mrn, kind, state, collected_at, site)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        values,
      );
      return;
    }
    there.finding.push(id);
    const specimen = pick(['1', null]);
    await server.sql(`INSERT INTO lis.finding VALUES ($1, $2, $3, '718-7', $4, 'g/dL', $5)`, [
      id,
      specimen,
      mrn,
      pick([null, '13.5', '7.25']),
      moment(),
    ]);
  }

  async function update(): Promise<void> {
    const id = pick(there.specimen);
    const which = random();
    if (which < 0.3)
      await server.sql('UPDATE lis.specimen SET site = $2 WHERE id = $1', [id, site()]);
    else if (which < 0.6) {
      const state = pick(['stored', 'used', null]);
      await server.sql('UPDATE lis.specimen SET state = $2 WHERE id = $1', [id, state]);
    } else if (there.finding.length > 0) {
      const values = [pick(there.finding), pick([null, '1.5', String(next)])];
      await server.sql('UPDATE lis.finding SET amount = $2 WHERE id = $1', values);
    }
  }

  async function remove(): Promise<void> {
    const table = pick(['specimen', 'finding'] as const);
    // The first one is what findings refer to.
    const id = pick(there[table]);
    if (there[table].length < 60 || id === '1') return;
    there[table].splice(there[table].indexOf(id), 1);
    deleted[table].add(id);
    await server.sql(`DELETE FROM lis.${table} WHERE id = $1`, [id]);
  }

  async function transaction(): Promise<void> {
    await server.sql('BEGIN');
    for (let count = Math.ceil(random() * 4); count > 0; count -= 1) {
      const which = random();
      if (which < 0.4 || there.specimen.length === 0) await insert();
      else if (which < 0.8) await update();
      else await remove();
    }
    await server.sql('COMMIT');
  }

  return {
    deleted,
    async write(transactions) {
      for (let count = 0; count < transactions; count += 1) await transaction();
    },
    async mark() {
      await transaction();
      const [row] = await server.sql('SELECT pg_current_wal_lsn() AS lsn');
      return row!.lsn!;
    },
  };
}
