export { type BulkConfig, bulkSource } from './bulk.ts';
