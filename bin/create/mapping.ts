import { join } from 'node:path';
import { ConfigError } from '../../engine/index.ts';
import {
  findGaps,
  type GapReport,
  loadMapping,
  observe,
  type Unlisted,
  type Unread,
  writeMapping,
} from '../../transforms/mapping/index.ts';
import { writeNew } from './write-new.ts';

/** Writes a mapping for the sender of the samples, and converts them by it. */
export function createMapping(
  configDir: string,
  name: string,
  samples: readonly Buffer[],
): { readonly path: string; readonly report: GapReport } {
  const observed = observe(samples);
  const path = join(configDir, 'mappings', `${name}.yaml`);
  const write = (unread: Unread, gaps: GapReport['gaps']): void => {
    const { merged } = loadMapping(configDir, 'base');
    const isKnown = (type: string): boolean => merged?.messages.has(type) === true;
    const hasUri = (system: string): boolean =>
      /^HL7\d{3,4}$/i.test(system) || merged?.dialect.code_systems?.[system] !== undefined;
    const tableOf = (path: string): string | undefined =>
      merged?.rules.find(({ row }) => row.table && [row.from].flat().includes(path))?.row.table;
    writeNew({
      path,
      text: writeMapping({
        name,
        observed,
        unread,
        unlisted: unlistedIn(gaps, tableOf),
        isKnown,
        hasUri,
      }),
    });
  };
  write([], []);
  const report = gapsBy(configDir, name, samples);
  write(
    report.gaps
      .filter(({ gap }) => gap === 'field-unread')
      .map(({ what, messages }) => [what, messages] as const),
    report.gaps,
  );
  return { path, report };
}

/** Gaps such as `PID-8 W`, by the table that rows read the field with. */
function unlistedIn(
  gaps: GapReport['gaps'],
  tableOf: (path: string) => string | undefined,
): Unlisted {
  return gaps.flatMap(({ gap, what, messages }) => {
    const [path = '', code] = what.split(' ');
    const table = tableOf(path);
    const isKnown = gap === 'code-not-in-table' && code !== undefined && table !== undefined;
    return isKnown ? [{ table, code, path, messages }] : [];
  });
}

function gapsBy(configDir: string, name: string, samples: readonly Buffer[]): GapReport {
  const mapping = loadMapping(configDir, name);
  if (mapping.merged === undefined) throw new ConfigError(mapping.issues);
  return findGaps(mapping, samples);
}
