export { debeziumLanding } from './landing.ts';
