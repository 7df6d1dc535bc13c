export { diffCodeMaps } from './diff-code-maps.ts';
export {
  type Compared,
  type DriftSources,
  type Hit,
  hitsOf,
  type MonthlyUse,
  sentenceOf,
  systemOf,
  takes,
  useOf,
} from './drift.ts';
