/**
 * What is used of RxJS, each from its own file: the package's front door loads 220 files, for which
 * every start of an engine and of a chain worker would wait. Only this file knows where they lie.
 */
export { lastValueFrom } from 'rxjs/internal/lastValueFrom';
export type { Observable } from 'rxjs/internal/Observable';
export { defer } from 'rxjs/internal/observable/defer';
export { EMPTY } from 'rxjs/internal/observable/empty';
export { from } from 'rxjs/internal/observable/from';
export { merge } from 'rxjs/internal/observable/merge';
export { of } from 'rxjs/internal/observable/of';
export { timer } from 'rxjs/internal/observable/timer';
export { concatMap } from 'rxjs/internal/operators/concatMap';
export { map } from 'rxjs/internal/operators/map';
export { repeat } from 'rxjs/internal/operators/repeat';
export { toArray } from 'rxjs/internal/operators/toArray';
export type { Subscription } from 'rxjs/internal/Subscription';
export type { OperatorFunction } from 'rxjs/internal/types';
