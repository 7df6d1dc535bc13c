export { mllpRoute } from './mllp.ts';
export { type Outgoing, type SendOptions, type Sent, sendFrames } from './send.ts';
