import type { DatabaseHandle } from '../../../engine/index.ts';
import { type Governed, openShadowLog } from '../policy/index.ts';
import { hasGoverned } from '../registry/index.ts';

/** Which policy decides at the moment: channels of two revisions may share one handle. */
export type Reign = {
  readonly governed: Governed;
  readonly shadowLog: ReturnType<typeof openShadowLog> | undefined;
  /** From now on this policy decides. Says whether the log has never named it. */
  follow(next: Governed): boolean;
};

export function openReign(db: DatabaseHandle, first: Governed): Reign {
  const logOf = ({ shadow }: Governed) =>
    shadow === undefined ? undefined : openShadowLog(db, shadow.policy);
  let governed = first;
  let shadowLog = logOf(first);
  /** A lost transaction takes the handle with it, and so what was told in it. */
  const told = new Set<string>();
  return {
    get governed() {
      return governed;
    },
    get shadowLog() {
      return shadowLog;
    },
    follow(next) {
      if (next === governed && told.size > 0) return false;
      if (next !== governed) [governed, shadowLog] = [next, logOf(next)];
      const { governance, model } = next;
      const name = `${governance.hash} ${model.hash}`;
      if (told.has(name)) return false;
      told.add(name);
      return !hasGoverned(db, governance.hash, model.hash);
    },
  };
}
