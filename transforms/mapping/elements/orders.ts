const valueTypes =
  'Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period';

/** What orders and their results are made of; as `elements.ts`. */
export const orderElements: Readonly<Record<string, string>> = {
  DiagnosticReport: `meta:Meta extension*:Extension identifier*:Identifier basedOn*:Reference
    status!:code category*:CodeableConcept code!:CodeableConcept subject:Reference
    encounter:Reference effective[x]:dateTime|Period issued:instant performer*:Reference
    resultsInterpreter*:Reference specimen*:Reference result*:Reference conclusion:string
    conclusionCode*:CodeableConcept presentedForm*:Attachment`,
  Observation: `meta:Meta extension*:Extension identifier*:Identifier basedOn*:Reference
    partOf*:Reference status!:code category*:CodeableConcept code!:CodeableConcept
    subject:Reference encounter:Reference effective[x]:dateTime|Period|instant issued:instant
    performer*:Reference value[x]:${valueTypes}
    dataAbsentReason:CodeableConcept interpretation*:CodeableConcept note*:Annotation
    bodySite:CodeableConcept method:CodeableConcept specimen:Reference device:Reference
    referenceRange*:Backbone hasMember*:Reference derivedFrom*:Reference component*:Backbone
    _status:Backbone`,
  'Observation._status': 'extension*:Extension',
  'Observation.referenceRange': `low:Quantity high:Quantity type:CodeableConcept
    appliesTo*:CodeableConcept age:Range text:string`,
  'Observation.component': `code!:CodeableConcept value[x]:${valueTypes}
    dataAbsentReason:CodeableConcept interpretation*:CodeableConcept referenceRange*:Backbone`,
  ServiceRequest: `meta:Meta extension*:Extension identifier*:Identifier basedOn*:Reference
    replaces*:Reference requisition:Identifier status!:code intent!:code
    category*:CodeableConcept priority:code doNotPerform:boolean code:CodeableConcept
    orderDetail*:CodeableConcept quantity[x]:Quantity|Ratio|Range subject!:Reference
    encounter:Reference occurrence[x]:dateTime|Period|Timing asNeeded[x]:boolean|CodeableConcept
    authoredOn:dateTime requester:Reference performerType:CodeableConcept performer*:Reference
    locationCode*:CodeableConcept reasonCode*:CodeableConcept reasonReference*:Reference
    supportingInfo*:Reference specimen*:Reference bodySite*:CodeableConcept note*:Annotation
    patientInstruction:string insurance*:Reference`,
  Specimen: `meta:Meta extension*:Extension identifier*:Identifier accessionIdentifier:Identifier
    status:code type:CodeableConcept subject:Reference receivedTime:dateTime parent*:Reference
    request*:Reference collection:Backbone container*:Backbone condition*:CodeableConcept
    note*:Annotation`,
  'Specimen.collection': `collector:Reference collected[x]:dateTime|Period duration:Duration
    quantity:Quantity method:CodeableConcept bodySite:CodeableConcept
    fastingStatus[x]:CodeableConcept|Duration`,
  'Specimen.container': `identifier*:Identifier description:string type:CodeableConcept
    capacity:Quantity specimenQuantity:Quantity additive[x]:CodeableConcept|Reference`,
};
