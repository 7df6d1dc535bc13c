/**
 * The LOINC codes that are vital signs: the one list for who says so (a mapping) and for who judges
 * it (the gate). A profile where R4 names one that an Observation with the code must fit, whether
 * it says so or not (https://hl7.org/fhir/R4/observation-vitalsigns.html, section 10.1.3); '' for
 * the rest of its value set of results, and for the same signs by the method or the place of
 * measuring, which R4 leaves to who sends them.
 */
const profileByCode: Readonly<Record<string, string>> = {
  '85353-1': 'vitalspanel',
  '9279-1': 'resprate',
  '8867-4': 'heartrate',
  '2708-6': 'oxygensat',
  '8310-5': 'bodytemp',
  '8302-2': 'bodyheight',
  '9843-4': 'headcircum',
  '29463-7': 'bodyweight',
  '39156-5': 'bmi',
  '85354-9': 'bp',
  // Blood pressure: systolic, diastolic, mean; panels.
  '8480-6': '',
  '8462-4': '',
  '8478-0': '',
  '55284-4': '',
  '35094-2': '',
  // Panels of vital signs.
  '8716-3': '',
  '34565-2': '',
  '29274-8': '',
  // Saturation by pulse oximetry; heart rate by oximeter, by palpation, by ECG.
  '59408-5': '',
  '8889-8': '',
  '8893-0': '',
  '76282-3': '',
  // Temperature: core, oral, rectal, axillary, tympanic.
  '8329-5': '',
  '8331-1': '',
  '8332-9': '',
  '8328-7': '',
  '8333-7': '',
  // Weight, height and head circumference as measured, or as stated.
  '3141-9': '',
  '3142-7': '',
  '3137-7': '',
  '3138-5': '',
  '8306-3': '',
  '8287-5': '',
};

/** Is what this LOINC code names a vital sign? */
export const isVitalSign = (code: string): boolean => Object.hasOwn(profileByCode, code);

/** Name of the R4 profile that this LOINC code implies; undefined where it implies none. */
export const vitalSignProfile = (code: string): string | undefined =>
  isVitalSign(code) ? profileByCode[code] || undefined : undefined;
