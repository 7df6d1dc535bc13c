export type {
  ChannelConfig,
  ComponentConfig,
  LoadedNetwork,
  Network,
  RouteConfig,
} from './network.ts';
