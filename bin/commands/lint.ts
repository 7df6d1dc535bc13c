import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { type ConfigIssue, exitCodes, renderIssue } from '../../engine/index.ts';
import { defineCommand, UsageError } from '../command.ts';

export const lint = defineCommand({
  name: 'lint',
  summary: 'Checks the configuration; every mistake with file:line:column.',
  usage: '[PATH..] [--strict]',
  details: `Without PATH the whole of --config; with PATH what is wrong in these files or folders.
Where --data holds queues, a route that the configuration would leave with one is a warning.
Where it holds code systems, the targets of code maps are looked up in them; those of others are
told as unchecked. What a channel pins has to be imported there. Exit 1 when there is an error (with
--strict also for a warning, and for what is unchecked).`,
  options: { strict: { type: 'boolean', about: 'A warning fails as well.' } },
  async run(call) {
    const { args, options, json, configDir, out } = call;
    for (const path of args) requireInside(path, configDir);
    const [{ lintConfiguration }, { lintLeftBehind }, { codeMapIssues }, { pinIssues }] =
      await Promise.all([
        import('../lint/configuration.ts'),
        import('../lint/left-behind.ts'),
        import('../lint/code-maps.ts'),
        import('../lint/terminology-pins.ts'),
      ]);
    const own = lintConfiguration(configDir, call.dataDir);
    // A configuration that cannot be read pins nothing that could be looked at.
    const maps = own.some(({ severity }) => severity === 'error') ? [] : codeMapIssues(call);
    const pins = own.some(({ severity }) => severity === 'error') ? [] : pinIssues(call);
    const found = [...own, ...lintLeftBehind(call), ...maps, ...pins];
    const issues = found.filter(
      ({ file }) => args.length === 0 || args.some((path) => contains(path, file)),
    );
    for (const issue of issues) {
      // Neither a mistake nor a pass: what could be looked at is not on this machine.
      if (isUnchecked(issue)) out.say(renderIssue(issue));
      else if (json) out.json(issue);
      else out.line(renderIssue(issue));
    }
    const errors = issues.filter(({ severity }) => severity === 'error').length;
    const unchecked = issues.filter(isUnchecked).length;
    const warnings = issues.length - errors - unchecked;
    const rest = unchecked === 0 ? '' : `, ${unchecked} unchecked`;
    out.say(`${counted(errors, 'error')}, ${counted(warnings, 'warning')}${rest}`);
    return errors > 0 || (options.strict && warnings + unchecked > 0)
      ? exitCodes.findings
      : exitCodes.ok;
  },
});

const isUnchecked = ({ code }: ConfigIssue): boolean =>
  code === 'code-map-unchecked' || code === 'release-unchecked';

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A PATH must exist and lie within the configuration: anything else is a slip of the keyboard. */
export function requireInside(path: string, configDir: string): void {
  if (!existsSync(path)) throw new UsageError(`${path} does not exist`);
  if (!contains(configDir, path))
    throw new UsageError(
      `${path} is not within the configuration ${configDir}: name its folder with --config`,
    );
}

export function contains(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(way) !== way);
}
