export { mllpRoute } from './mllp.ts';
export { repliesRoute } from './replies.ts';
export { type Outgoing, type SendOptions, type Sent, sendFrames } from './send.ts';
