import { type Component, componentJsonSchema, type Registry } from '../../engine/index.ts';
import { head } from './page.ts';
import { schemaTable } from './schema-table.ts';

/** Everything that a channel file can name. */
export function componentsPage(registry: Registry): string {
  const sections = (title: string, components: ReadonlyMap<string, Component>) => [
    `## ${title}`,
    ...[...components.values()].map(section),
  ];
  return `${[
    head('Components', 'What a channel file can name: one source, any stages, any routes.'),
    ...sections('Sources', registry.sources),
    ...sections('Stages', registry.stages),
    ...sections('Routes', registry.routes),
  ].join('\n\n')}\n`;
}

function section(component: Component): string {
  const { name, summary, guarantees, example } = component;
  return [
    `### ${name}`,
    summary,
    `What it promises: ${guarantees}`,
    `\`\`\`yaml\n${example.trimEnd()}\n\`\`\``,
    schemaTable(componentJsonSchema(component)),
  ].join('\n\n');
}
