export { createScheduler, type Row, type Scheduler, type SchedulerOptions } from './scheduler.ts';
