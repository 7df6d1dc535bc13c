import { exitCodes } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { renderTable } from '../table.ts';

export const list = defineCommand({
  name: 'list',
  summary: 'Shows the components that a channel file can name.',
  usage: '',
  options: {},
  async run({ json, out }) {
    const { registry } = await import('../registry.ts');
    const rows = Object.values(registry).flatMap((components) =>
      [...components.values()].map(({ role, name, summary, guarantees }) => ({
        role,
        name,
        summary,
        guarantees,
      })),
    );
    if (json) for (const row of rows) out.json(row);
    else out.line(renderTable(rows, ['role', 'name', 'summary']));
    return exitCodes.ok;
  },
});
