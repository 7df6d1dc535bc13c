export { channelSchema, nameSchema, networkSchema, routeSchema } from './channel-schema.ts';
export { errorAt, inOrder, renderIssue } from './issues.ts';
export { channelJsonSchema, componentJsonSchema, networkJsonSchema } from './json-schema.ts';
export { channelFiles, type LoadOptions, loadNetwork, requireNetwork } from './load-network.ts';
export { editDistance, nearestWord, suggestion } from './nearest.ts';
export type {
  ChannelConfig,
  ChannelTest,
  ComponentConfig,
  LoadedNetwork,
  Network,
  RouteConfig,
} from './network.ts';
export { queuesOf } from './network.ts';
export { type Checked, checkYaml, issuesOf, valueIn } from './schema-issues.ts';
export { type Soundness, soundness } from './soundness.ts';
export { type ConfigPath, type Position, parseYaml, readYaml, type YamlFile } from './yaml.ts';
