import { codeFor, hl7Time, textOf } from './plain-writers.ts';
import type { RenderConversion, Said, WriterSettings, Written } from './writer.ts';

const ucumUri = 'http://unitsofmeasure.org';

/** CWE: two codings, their systems and versions, and the text where the display does not say it. */
function conceptOf(concept: fhir4.CodeableConcept, settings: WriterSettings): Written | undefined {
  const { text = '' } = concept;
  const codings = (concept.coding ?? []).filter(({ code }) => code);
  if (codings.length > 2) settings.issue('render-coding', 'has more than two codings');
  const [first, second] = codings;
  if (!first) return text === '' ? undefined : ['', '', '', '', '', '', '', '', text];
  const triplet = (coding: fhir4.Coding | undefined) => [
    coding?.code ?? '',
    coding?.display ?? '',
    coding?.system ? settings.names.codeSystem(coding.system) : '',
  ];
  const versions = [first.version ?? '', second?.version ?? ''];
  return [...triplet(first), ...triplet(second), ...versions, text === first.display ? '' : text];
}

/** The sender's own code where it stands beside the table's, else the table from right to left. */
function tabledOf(
  codings: readonly fhir4.Coding[],
  text: string,
  settings: WriterSettings,
): Written | undefined {
  const table = settings.table === undefined ? undefined : settings.names.table(settings.table);
  const own = codings.find(({ system }) => system !== undefined && system === table?.original);
  const target = codings.map(({ code, system }) => code && codeFor(code, system, settings));
  const code = own?.code ?? target.find((each) => each);
  if (code === undefined || code === '') {
    settings.issue('render-code', 'is a code that the table does not give');
    return undefined;
  }
  const display = own?.display ?? text;
  return display === '' ? [code] : [code, display];
}

export const codeableConceptWriter: RenderConversion = {
  name: 'CodeableConcept',
  summary: 'CodeableConcept to CWE; with `table` the code of HL7 alone.',
  write({ value }, settings) {
    const concept = value as fhir4.CodeableConcept;
    if (settings.table === undefined) return conceptOf(concept, settings);
    if (!concept.coding) return conceptOf(concept, settings);
    return tabledOf(concept.coding, concept.text ?? '', settings);
  },
};

export const codingWriter: RenderConversion = {
  name: 'Coding',
  summary: 'Coding to CWE; with `table` the code of HL7 alone.',
  write({ value }, settings) {
    const coding = value as fhir4.Coding;
    if (settings.table !== undefined) return tabledOf([coding], '', settings);
    return conceptOf({ coding: [coding] }, settings);
  },
};

function unitOf({ unit = '', system, code }: fhir4.Quantity): Written {
  if (system === ucumUri && code) return [code, unit, 'UCUM'];
  return unit === '' && !code ? [] : [code ?? unit, unit];
}

const numberOf = (quantity: fhir4.Quantity | undefined): string =>
  quantity?.value === undefined ? '' : String(quantity.value);

/** OBX-2, OBX-5 and OBX-6. */
function typed(type: string, value: Written, unit: Written = []): Said {
  return { fields: { 2: [type], 5: value, 6: unit } };
}

function quantityOf(quantity: fhir4.Quantity): Said {
  const { comparator } = quantity;
  const number = numberOf(quantity);
  if (number === '') return undefined;
  return comparator === undefined
    ? typed('NM', [number], unitOf(quantity))
    : typed('SN', [comparator, number], unitOf(quantity));
}

export const observationValueWriter: RenderConversion = {
  name: 'ObservationValue',
  summary: 'Observation.value[x] to OBX-5 by its type, which goes to OBX-2, its unit to OBX-6.',
  write({ name, value }, settings) {
    switch (name) {
      case 'valueQuantity':
        return quantityOf(value as fhir4.Quantity);
      case 'valueCodeableConcept': {
        const written = conceptOf(value as fhir4.CodeableConcept, settings);
        return written && typed('CWE', written);
      }
      case 'valueString':
        return typed('ST', [textOf(value, settings)]);
      case 'valueInteger':
        return typed(Number(value) < 0 ? 'NM' : 'SI', [textOf(value, settings)]);
      case 'valueDateTime':
        return typed('DTM', [hl7Time(textOf(value, settings)) ?? '']);
      case 'valueTime':
        return typed('TM', [textOf(value, settings).replaceAll(':', '')]);
      case 'valueRange': {
        const { low, high } = value as fhir4.Range;
        return typed('NR', [numberOf(low), numberOf(high)], unitOf(low ?? high ?? {}));
      }
      case 'valueRatio': {
        const { numerator, denominator } = value as fhir4.Ratio;
        const sign = numerator?.comparator ?? '';
        return typed('SN', [sign, numberOf(numerator), ':', numberOf(denominator)]);
      }
      case 'valuePeriod': {
        const { start = '', end = '' } = value as fhir4.Period;
        return typed('DR', [hl7Time(start) ?? '', hl7Time(end) ?? '']);
      }
      default:
        settings.issue('render-value', `is a ${name}, which OBX-5 cannot hold`);
        return undefined;
    }
  },
};

export const referenceRangeWriter: RenderConversion = {
  name: 'ReferenceRange',
  summary: 'A reference range to OBX-7: its text, else its bounds.',
  write({ value }) {
    const { text, low, high } = value as fhir4.ObservationReferenceRange;
    if (text) return [text];
    const [least, most] = [numberOf(low), numberOf(high)];
    if (least !== '' && most !== '') return [`${least}-${most}`];
    if (least + most === '') return undefined;
    return [least === '' ? `<=${most}` : `>=${least}`];
  },
};
