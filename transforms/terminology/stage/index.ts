export { translateStage } from './translate.ts';
export type { TranslateConfig } from './translate-config.ts';
