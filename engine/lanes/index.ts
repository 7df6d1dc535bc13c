export type { Row } from './row.ts';
export { createScheduler, type Scheduler, type SchedulerOptions } from './scheduler.ts';
