export { bulkSource } from './bulk.ts';
export type { BulkConfig } from './options.ts';
