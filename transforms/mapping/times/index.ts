export { compileDateFormat, type DateFormat, type YearPivot } from './date-formats.ts';
export { type DateParts, localMs } from './date-parts.ts';
export {
  readParts,
  type TimeRules,
  type TimeValue,
  timeTexts,
  toDate,
  toDateTime,
  toInstant,
  toTime,
} from './datetime.ts';
export { formatOffset, type Zone, zoneOf } from './zones.ts';
