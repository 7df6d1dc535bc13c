import { administrativeElements } from './administrative.ts';
import { medicationElements } from './medication.ts';
import { orderElements } from './orders.ts';
import { recordElements } from './record.ts';

/**
 * The elements of the FHIR R4 resources that mappings write (https://hl7.org/fhir/R4): name, `*`
 * where it repeats, `!` where R4 requires it, and type. A backbone element lists its children under
 * its own path. Lint checks paths, types and cardinality against this table.
 */
const definitions: Readonly<Record<string, string>> = {
  ...administrativeElements,
  Patient: `extension*:Extension identifier*:Identifier active:boolean name*:HumanName
    telecom*:ContactPoint gender:code birthDate:date deceased[x]:boolean|dateTime address*:Address
    maritalStatus:CodeableConcept multipleBirth[x]:boolean|integer contact*:Backbone
    communication*:Backbone generalPractitioner*:Reference managingOrganization:Reference
    link*:Backbone _birthDate:Backbone`,
  'Patient.contact': `relationship*:CodeableConcept name:HumanName telecom*:ContactPoint
    address:Address gender:code organization:Reference period:Period`,
  'Patient.communication': 'language!:CodeableConcept preferred:boolean',
  'Patient._birthDate': 'extension*:Extension',
  'Patient.link': 'other!:Reference type!:code',
  Encounter: `meta:Meta text:Narrative extension*:Extension length:Duration episodeOfCare*:Reference
    identifier*:Identifier status!:code class!:Coding type*:CodeableConcept
    serviceType:CodeableConcept priority:CodeableConcept subject:Reference participant*:Backbone
    period:Period reasonCode*:CodeableConcept diagnosis*:Backbone account*:Reference
    hospitalization:Backbone location*:Backbone serviceProvider:Reference partOf:Reference`,
  'Encounter.participant': 'type*:CodeableConcept period:Period individual:Reference',
  'Encounter.diagnosis': 'condition!:Reference use:CodeableConcept rank:positiveInt',
  'Encounter.hospitalization': `preAdmissionIdentifier:Identifier origin:Reference
    admitSource:CodeableConcept reAdmission:CodeableConcept dietPreference*:CodeableConcept
    specialCourtesy*:CodeableConcept specialArrangement*:CodeableConcept destination:Reference
    dischargeDisposition:CodeableConcept`,
  'Encounter.location': `extension*:Extension location!:Reference status:code
    physicalType:CodeableConcept period:Period`,
  AllergyIntolerance: `identifier*:Identifier clinicalStatus:CodeableConcept
    verificationStatus:CodeableConcept type:code category*:code criticality:code
    code:CodeableConcept patient!:Reference encounter:Reference onset[x]:dateTime|string
    recordedDate:dateTime recorder:Reference asserter:Reference note*:Annotation
    reaction*:Backbone _category*:Backbone`,
  'AllergyIntolerance._category': 'extension*:Extension',
  'AllergyIntolerance.reaction': `substance:CodeableConcept manifestation*!:CodeableConcept
    description:string onset:dateTime severity:code`,
  Condition: `extension*:Extension identifier*:Identifier
    clinicalStatus:CodeableConcept
    verificationStatus:CodeableConcept category*:CodeableConcept severity:CodeableConcept
    code:CodeableConcept subject!:Reference encounter:Reference onset[x]:dateTime|string
    abatement[x]:dateTime|string recordedDate:dateTime recorder:Reference asserter:Reference
    note*:Annotation`,
  Coverage: `extension*:Extension identifier*:Identifier status!:code type:CodeableConcept
    policyHolder:Reference subscriber:Reference subscriberId:string beneficiary!:Reference
    dependent:string
    relationship:CodeableConcept period:Period payor*!:Reference class*:Backbone order:positiveInt
    network:string`,
  'Coverage.class': 'type!:CodeableConcept value!:string name:string',
  Account: `identifier*:Identifier status!:code type:CodeableConcept name:string
    subject*:Reference servicePeriod:Period coverage*:Backbone owner:Reference description:string
    guarantor*:Backbone partOf:Reference`,
  'Account.guarantor': 'party!:Reference onHold:boolean period:Period',
  'Account.coverage': 'coverage!:Reference priority:positiveInt',
  EpisodeOfCare: `extension*:Extension identifier*:Identifier status!:code type*:CodeableConcept
    diagnosis*:Backbone patient!:Reference managingOrganization:Reference period:Period
    careManager:Reference team*:Reference account*:Reference`,
  'EpisodeOfCare.diagnosis': 'condition!:Reference role:CodeableConcept rank:positiveInt',
  Procedure: `identifier*:Identifier partOf*:Reference status!:code category:CodeableConcept
    code:CodeableConcept subject!:Reference encounter:Reference performed[x]:dateTime|Period
    recorder:Reference performer*:Backbone location:Reference reasonCode*:CodeableConcept
    bodySite*:CodeableConcept note*:Annotation`,
  'Procedure.performer': 'function:CodeableConcept actor!:Reference onBehalfOf:Reference',
  CareTeam: `identifier*:Identifier status:code category*:CodeableConcept name:string
    subject:Reference encounter:Reference period:Period participant*:Backbone
    reasonCode*:CodeableConcept managingOrganization*:Reference telecom*:ContactPoint`,
  'CareTeam.participant': `role*:CodeableConcept member:Reference onBehalfOf:Reference
    period:Period`,
  Location: `extension*:Extension identifier*:Identifier status:code operationalStatus:Coding
    name:string alias*:string description:string mode:code type*:CodeableConcept
    telecom*:ContactPoint address:Address physicalType:CodeableConcept
    managingOrganization:Reference partOf:Reference`,
  RelatedPerson: `identifier*:Identifier active:boolean patient!:Reference
    relationship*:CodeableConcept name*:HumanName telecom*:ContactPoint gender:code birthDate:date
    address*:Address period:Period communication*:Backbone`,
  'RelatedPerson.communication': 'language!:CodeableConcept preferred:boolean',
  ...orderElements,
  ...medicationElements,
  ...recordElements,
};

export type Element = {
  readonly name: string;
  readonly repeats: boolean;
  readonly required: boolean;
  /** FHIR types; several for a choice element, whose name ends in `[x]`. */
  readonly types: readonly string[];
};

const pattern = /^(_?[A-Za-z]+(?:\[x\])?)(\*?)(!?):(.+)$/;

export function parseElements(text: string): ReadonlyMap<string, Element> {
  const elements = new Map<string, Element>();
  for (const word of text.split(/\s+/)) {
    const [, name, star, bang, types] = pattern.exec(word) ?? [];
    if (name === undefined || types === undefined) throw new Error(`element table: ${word}`);
    const element = { name, repeats: star === '*', required: bang === '!' };
    elements.set(name, { ...element, types: types.split('|') });
  }
  return elements;
}

const table: ReadonlyMap<string, ReadonlyMap<string, Element>> = new Map(
  Object.entries(definitions).map(([path, text]) => [path, parseElements(text)]),
);

/** Elements of a resource type or of a backbone path such as `Patient.contact`. */
export function elementsOf(path: string): ReadonlyMap<string, Element> | undefined {
  return table.get(path);
}

/** Resource types that a mapping can make. */
export const resourceTypes: readonly string[] = [...table.keys()].filter(
  (path) => !path.includes('.'),
);

/** Children of the types that rules may write piecemeal. */
const typeChildren: Readonly<Record<string, string>> = {
  Address: 'district:string',
  Period: 'start:dateTime end:dateTime',
  Quantity: 'value:decimal comparator:code unit:string system:uri code:code',
  CodeableConcept: 'coding*:Coding text:string',
  Reference: 'reference:string type:uri identifier:Identifier display:string',
  Attachment: `contentType:code language:code data:base64Binary url:url title:string
    creation:dateTime`,
  Meta: 'security*:Coding tag*:Coding',
  Range: 'low:Quantity high:Quantity',
  Ratio: 'numerator:Quantity denominator:Quantity',
  Timing: 'event*:dateTime repeat:TimingRepeat code:CodeableConcept',
  TimingRepeat: `bounds[x]:Duration|Range|Period count:positiveInt countMax:positiveInt
    duration:decimal durationMax:decimal durationUnit:code frequency:positiveInt
    frequencyMax:positiveInt period:decimal periodMax:decimal periodUnit:code dayOfWeek*:code
    timeOfDay*:time when*:code offset:unsignedInt`,
};

const children: ReadonlyMap<string, ReadonlyMap<string, Element>> = new Map(
  Object.entries(typeChildren).map(([type, text]) => [type, parseElements(text)]),
);

/** One step below an element: a backbone's children by path, a data type's by type. */
export function childrenOf(path: string, element: Element): ReadonlyMap<string, Element> {
  const type = element.types[0] ?? '';
  return (type === 'Backbone' ? table.get(path) : children.get(type)) ?? new Map();
}
