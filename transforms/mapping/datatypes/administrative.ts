import type { Conversion } from '../environment.ts';
import {
  appointmentEndConversion,
  appointmentStartConversion,
  minutesConversion,
  offsetPeriodConversion,
  timedPeriodConversion,
  timeOrPeriodConversion,
} from './durations.ts';
import { licenceIdentifierConversion } from './identifiers.ts';
import { moneyConversion } from './money.ts';
import { namedPractitionerConversion } from './providers.ts';
import {
  linesConversion,
  noteExtensionConversion,
  otherCodingConversion,
  textAttachmentConversion,
} from './texts.ts';

/** What scheduling, documents, finance, referrals and master files need beside the others. */
export const administrativeConversions: readonly Conversion[] = [
  appointmentEndConversion,
  appointmentStartConversion,
  licenceIdentifierConversion,
  linesConversion,
  minutesConversion,
  moneyConversion,
  namedPractitionerConversion,
  noteExtensionConversion,
  offsetPeriodConversion,
  otherCodingConversion,
  textAttachmentConversion,
  timeOrPeriodConversion,
  timedPeriodConversion,
];
