export { type Channel, createChannel, type Deployment } from './channel.ts';
export { createTurns } from './turns.ts';
