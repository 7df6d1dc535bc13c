import { join } from 'node:path';
import { ConfigError } from '../../engine/index.ts';
import {
  findGaps,
  type GapReport,
  loadMapping,
  observe,
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
  const write = (unread: Unread): void => {
    const { merged } = loadMapping(configDir, 'base');
    const isKnown = (type: string): boolean => merged?.messages.has(type) === true;
    const hasUri = (system: string): boolean =>
      /^HL7\d{3,4}$/i.test(system) || merged?.dialect.code_systems?.[system] !== undefined;
    writeNew({ path, text: writeMapping({ name, observed, unread, isKnown, hasUri }) });
  };
  write([]);
  const report = gapsBy(configDir, name, samples);
  write(
    report.gaps
      .filter(({ gap }) => gap === 'field-unread')
      .map(({ what, messages }) => [what, messages] as const),
  );
  return { path, report };
}

function gapsBy(configDir: string, name: string, samples: readonly Buffer[]): GapReport {
  const mapping = loadMapping(configDir, name);
  if (mapping.merged === undefined) throw new ConfigError(mapping.issues);
  return findGaps(mapping, samples);
}
