import { exitCodes, requireNetwork } from '../../engine/index.ts';
import type { TestResult } from '../../transforms/mapping/index.ts';
import { defineCommand } from '../command.ts';
import { contains, requireInside } from './lint.ts';

export const test = defineCommand({
  name: 'test',
  summary: 'Runs the `tests:` inside channel and mapping files.',
  usage: '[PATH..]',
  details: `Without PATH all of --config; with PATH the tests in these files or folders. Exit 1 when
one fails.`,
  options: {},
  async run({ args, json, configDir, out }) {
    for (const path of args) requireInside(path, configDir);
    const [{ mappingNames, runMappingTests }, { runChannelTests }, { registry }] =
      await Promise.all([
        import('../../transforms/mapping/index.ts'),
        import('../channel-tests.ts'),
        import('../registry.ts'),
      ]);
    const network = requireNetwork(configDir, registry);
    const all: TestResult[] = mappingNames(configDir).flatMap((name) =>
      runMappingTests(configDir, name),
    );
    for (const channel of network.channels)
      all.push(...(await runChannelTests(channel, configDir)));
    const wanted = all.filter(
      ({ file }) => args.length === 0 || args.some((path) => contains(path, file)),
    );
    for (const { name, passed, failures, file, line, column } of wanted) {
      if (json) out.json({ file, line, column, name, passed, failures });
      else {
        out.line(`${file}:${line}:${column} ${passed ? 'ok' : 'FAILED'} ${name}`);
        for (const failure of failures) out.line(`    ${failure}`);
      }
    }
    const failed = wanted.filter(({ passed }) => !passed).length;
    out.say(`${wanted.length - failed} passed, ${failed} failed`);
    return failed > 0 ? exitCodes.findings : exitCodes.ok;
  },
});
