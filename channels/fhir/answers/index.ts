export {
  answer,
  bundleAnswer,
  landedAnswer,
  pendingAnswer,
  refusal,
  settledAnswer,
  transactionAnswer,
} from './answers.ts';
export { fhirJson, type IssueType, outcomeJson, outcomeOf } from './operation-outcome.ts';
export { type MessageHead, messageHeadOf, replyTo } from './reply.ts';
export { type Result, resultOf, said } from './written.ts';
