import type { Registry, StageContext } from '../component.ts';
import type { ComponentConfig } from '../config/index.ts';
import type { Gate } from '../gate.ts';

type Deployed = {
  readonly revision: number;
  readonly spec: {
    readonly stages: readonly ComponentConfig[];
    readonly configDir: string;
  };
};

/** Has one of the stages something to judge by? */
export const judges = (registry: Registry, stages: readonly ComponentConfig[]): boolean =>
  stages.some(({ kind }) => registry.stages.get(kind)?.gate !== undefined);

/**
 * The gate of a channel as it is deployed now: of its own stage, and opened once a deployment, when
 * somebody asks. Throws what the component throws.
 */
export function channelGate(
  {
    registry,
    dataDir,
    key,
  }: Pick<StageContext, 'dataDir' | 'key'> & { readonly registry: Registry },
  deployed: () => Deployed,
) {
  let opened: { readonly revision: number; readonly gate: Gate } | undefined;
  function close(): void {
    opened?.gate.close();
    opened = undefined;
  }

  function open(): Gate {
    const { revision, spec } = deployed();
    if (opened?.revision === revision) return opened.gate;
    close();
    const { configDir } = spec;
    for (const { kind, config } of spec.stages) {
      const gate = registry.stages.get(kind)?.gate?.(config, { configDir, dataDir, key });
      if (gate === undefined) continue;
      opened = { revision, gate };
      return gate;
    }
    throw new Error('a channel without a stage that judges was asked to judge');
  }

  return { open, close };
}
