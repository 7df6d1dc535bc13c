import { exitCodes, type Network, requireNetwork } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';

export const graph = defineCommand({
  name: 'graph',
  summary: 'Draws the network as Mermaid.',
  usage: '',
  options: {},
  async run({ configDir, json, out }) {
    const [{ registry }, { requireGoverned }] = await Promise.all([
      import('../registry.ts'),
      import('../../transforms/identity/index.ts'),
    ]);
    const network = requireNetwork(configDir, registry);
    if (json) for (const edge of edgesOf(network)) out.json(edge);
    else {
      const { name, version } = requireGoverned(configDir).governance;
      out.line(drawMermaid(network, `${name} ${version}`));
    }
    return exitCodes.ok;
  },
});

type Edge = { readonly channel: string; readonly from: string; readonly to: string };

/** Source to stage to stage to each route, by channel. */
function edgesOf({ channels }: Network): readonly Edge[] {
  return channels.flatMap(({ name, source, stages, routes }) => {
    const way = [source.kind, ...stages.map(({ kind }) => kind)];
    const last = way.at(-1)!;
    const along = way.slice(1).map((to, at) => ({ channel: name, from: way[at]!, to }));
    return [...along, ...routes.map((route) => ({ channel: name, from: last, to: route.name }))];
  });
}

/**
 * A subgraph a channel, https://mermaid.js.org/syntax/flowchart.html. Who identifies says under
 * which policy: a network without one of its own goes by the built-in one.
 */
function drawMermaid({ name: network, channels }: Network, policy: string): string {
  const lines = ['---', `title: ${network}`, '---', 'flowchart LR'];
  for (const { name, source, stages, routes, enabled } of channels) {
    lines.push(`  subgraph ${name}["${name}${enabled ? '' : ' (off)'}"]`);
    lines.push(`    ${name}.in(["${source.kind}"])`);
    let last = `${name}.in`;
    for (const [at, { kind }] of stages.entries()) {
      const label = kind === 'identify' ? `identify: policy ${policy}` : kind;
      lines.push(`    ${last} --> ${name}.${at}["${label}"]`);
      last = `${name}.${at}`;
    }
    lines.push('  end');
    for (const route of routes)
      lines.push(`  ${last} --> ${name}.out.${route.name}[("${route.name}: ${route.kind}")]`);
  }
  return lines.join('\n');
}
