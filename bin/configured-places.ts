import type { Network } from '../engine/index.ts';

/** Where a source listens as its channel file says; port 0 for one that takes no connections. */
export type Place = {
  readonly channel: string;
  readonly enabled: boolean;
  readonly host: string;
  readonly port: number;
};

export function configuredPlaces({ channels }: Network): readonly Place[] {
  return channels.map(({ name, enabled, source }) => {
    const { host, port } = source.config as { host?: string; port?: number };
    return { channel: name, enabled, host: host ?? '127.0.0.1', port: port ?? 0 };
  });
}
