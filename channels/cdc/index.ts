export { type CdcConfig, cdcSource } from './cdc.ts';
