import type { Command, ListedCommand } from '../command.ts';

const loads: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).run,
  demo: async () => (await import('./demo.ts')).demo,
  lint: async () => (await import('./lint.ts')).lint,
  test: async () => (await import('./test.ts')).test,
  convert: async () => (await import('./convert.ts')).convert,
  validate: async () => (await import('./validate.ts')).validate,
  create: async () => (await import('./create.ts')).create,
  list: async () => (await import('./list.ts')).list,
  schema: async () => (await import('./schema.ts')).schema,
  graph: async () => (await import('./graph.ts')).graph,
  send: async () => (await import('./send.ts')).send,
  tap: async () => (await import('./tap.ts')).tap,
  messages: async () => (await import('./messages.ts')).messages,
  trace: async () => (await import('./trace.ts')).trace,
  quarantine: async () => (await import('./quarantine/index.ts')).quarantine,
  reconvert: async () => (await import('./reconvert.ts')).reconvert,
  channel: async () => (await import('./channel.ts')).channel,
  identity: async () => (await import('./identity/index.ts')).identity,
  profile: async () => (await import('./profile.ts')).profile,
  terminology: async () => (await import('./terminology/index.ts')).terminology,
  simulate: async () => (await import('./simulate.ts')).simulate,
  keys: async () => (await import('./keys.ts')).keys,
  doctor: async () => (await import('./doctor.ts')).doctor,
};

/** Every command, in the order of the help; one is loaded when somebody gives it. */
export const commands: readonly ListedCommand[] = Object.entries(loads).map(([name, load]) => ({
  name,
  load,
}));

/** All of them, loaded. */
export const loadCommands = (): Promise<readonly Command[]> =>
  Promise.all(commands.map(({ load }) => load()));
