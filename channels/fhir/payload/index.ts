export { fhirOrderingKeys } from './ordering-keys.ts';
export {
  entriesMaxDefault,
  type Payload,
  readBundleHead,
  readPayload,
  readScanned,
  transactionEntriesMaxDefault,
} from './payload.ts';
export { conditionKeys } from './request-keys.ts';
export { type Range, scanJson } from './scan-json.ts';
