import type { ScriptUse } from '../../../engine/index.ts';

const nothing: readonly ScriptUse[] = Object.freeze([]);
let uses: Map<string, ScriptUse> | undefined;

/** Adds a call of this thread; `script` is `mapping/function`. */
export function countCall(script: string, isFailure: boolean, tookMs: number): void {
  uses ??= new Map();
  const { calls, failures, tookMs: before } = uses.get(script) ?? none(script);
  const now = { calls: calls + 1, failures: failures + (isFailure ? 1 : 0) };
  uses.set(script, { script, ...now, tookMs: before + tookMs });
}

const none = (script: string): ScriptUse => ({ script, calls: 0, failures: 0, tookMs: 0 });

/** What was counted in this thread since this was asked last. */
export function takeUses(): readonly ScriptUse[] {
  if (uses === undefined) return nothing;
  const taken = [...uses.values()];
  uses = undefined;
  return taken;
}

export function addUses(
  to: readonly ScriptUse[],
  more: readonly ScriptUse[],
): readonly ScriptUse[] {
  const sums = new Map(to.map((use) => [use.script, use]));
  for (const { script, calls, failures, tookMs } of more) {
    const sum = sums.get(script) ?? none(script);
    sums.set(script, {
      script,
      calls: sum.calls + calls,
      failures: sum.failures + failures,
      tookMs: sum.tookMs + tookMs,
    });
  }
  return [...sums.values()];
}
