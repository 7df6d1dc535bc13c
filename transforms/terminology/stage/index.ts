export { type TranslateConfig, translateStage } from './translate.ts';
