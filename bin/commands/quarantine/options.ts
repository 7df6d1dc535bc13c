import type { Invocation } from '../../command.ts';

export const quarantineOptions = {
  channel: { type: 'string', value: 'NAME', about: 'Only this channel (ls, show).' },
  code: { type: 'string', value: 'CODE', about: 'Only this code (ls, show).' },
  owner: {
    type: 'string',
    value: 'WHO',
    about: 'ls, show: only theirs; assign: whose it becomes.',
  },
  reason: { type: 'string', value: 'TEXT', about: 'Why it is waived or moved; kept for ever.' },
  file: { type: 'string', value: 'FILE', about: 'edit: the mended copy.' },
  'dry-run': { type: 'boolean', about: 'replay, edit: only what would become of it.' },
  'as-received': { type: 'boolean', about: 'raw: the bytes that came, and no edited copy.' },
  to: { type: 'string', value: 'ROUTE', about: 'move: another route of the channel.' },
  by: { type: 'string', value: 'WHO', about: 'Who does it (default: your login name).' },
} as const;

export type Call = Invocation<typeof quarantineOptions>;
