export { editDistance, nearestWord, suggestion } from './nearest.ts';
export type {
  ChannelConfig,
  ComponentConfig,
  LoadedNetwork,
  Network,
  RouteConfig,
} from './network.ts';
export { type Checked, checkYaml, issuesOf, renderIssue, valueIn } from './schema-issues.ts';
export { type ConfigPath, type Position, parseYaml, readYaml, type YamlFile } from './yaml.ts';
