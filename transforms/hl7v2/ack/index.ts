export { type Ack, type AckCode, buildAck } from './ack.ts';
export {
  type ApplicationAck,
  applicationAck,
  applicationAckId,
  owesApplicationAck,
} from './application-ack.ts';
export { type AckMode, type AckRule, ackModeOf, applyAckRules, wantsAck } from './mode.ts';
export {
  isQuery,
  isResponse,
  type QueryRefusal,
  queryRefusedCode,
  refuseQuery,
  responseUnsupported,
} from './query.ts';
