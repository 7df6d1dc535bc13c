import type { Engine, EngineOptions } from './engine.ts';

/**
 * Starts an engine; what it does, and throws, stands in engine.ts. The machine is loaded when
 * somebody starts it: chain workers and most commands know the engine's words only.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const machine = await import('./engine.ts');
  return machine.startEngine(options);
}
