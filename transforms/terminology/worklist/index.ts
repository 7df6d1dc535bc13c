export {
  type Bounds,
  createRecorder,
  defaultBounds,
  monthOf,
  monthsBefore,
  type SeenCode,
  type Sighting,
  type UndecidedCode,
} from './record.ts';
export { openWorkListDatabase, workListFile } from './schema.ts';
export { openSightings } from './sightings.ts';
export {
  type CodeDecision,
  type ItemState,
  itemStates,
  type Observed,
  openWorkList,
  openWorkListFigures,
  type WorkItem,
  type WorkList,
  type WorkListFigures,
  type WorkQuery,
} from './work-list.ts';
