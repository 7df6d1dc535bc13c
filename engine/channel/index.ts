export { type Channel, createChannel, type Deployment } from './channel.ts';
