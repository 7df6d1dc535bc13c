/** Dosage (https://hl7.org/fhir/R4/dosage.html), as a backbone, so that parts can stand in it. */
const dosage = `sequence:integer text:string additionalInstruction*:CodeableConcept
  patientInstruction:string timing:Timing asNeeded[x]:boolean|CodeableConcept site:CodeableConcept
  route:CodeableConcept method:CodeableConcept doseAndRate*:Backbone maxDosePerPeriod:Ratio
  maxDosePerAdministration:Quantity maxDosePerLifetime:Quantity`;
const doseAndRate = 'type:CodeableConcept dose[x]:Range|Quantity rate[x]:Ratio|Range|Quantity';

/** What orders, dispenses and gives of medicines are made of, vaccines too; like `elements.ts`. */
export const medicationElements: Readonly<Record<string, string>> = {
  Medication: `meta:Meta identifier*:Identifier code:CodeableConcept status:code
    manufacturer:Reference form:CodeableConcept amount:Ratio ingredient*:Backbone batch:Backbone`,
  'Medication.ingredient': 'item[x]!:CodeableConcept|Reference isActive:boolean strength:Ratio',
  'Medication.batch': 'lotNumber:string expirationDate:dateTime',
  MedicationRequest: `meta:Meta identifier*:Identifier status!:code statusReason:CodeableConcept
    intent!:code category*:CodeableConcept priority:code doNotPerform:boolean
    medication[x]!:CodeableConcept|Reference subject!:Reference encounter:Reference
    supportingInformation*:Reference authoredOn:dateTime requester:Reference performer:Reference
    performerType:CodeableConcept recorder:Reference reasonCode*:CodeableConcept
    reasonReference*:Reference basedOn*:Reference groupIdentifier:Identifier
    courseOfTherapyType:CodeableConcept insurance*:Reference note*:Annotation
    dosageInstruction*:Backbone dispenseRequest:Backbone substitution:Backbone
    priorPrescription:Reference`,
  'MedicationRequest.dosageInstruction': dosage,
  'MedicationRequest.dosageInstruction.doseAndRate': doseAndRate,
  'MedicationRequest.dispenseRequest': `initialFill:Backbone dispenseInterval:Duration
    validityPeriod:Period numberOfRepeatsAllowed:unsignedInt quantity:Quantity
    expectedSupplyDuration:Duration performer:Reference`,
  'MedicationRequest.dispenseRequest.initialFill': 'quantity:Quantity duration:Duration',
  'MedicationRequest.substitution': `allowed[x]!:boolean|CodeableConcept reason:CodeableConcept`,
  MedicationDispense: `meta:Meta identifier*:Identifier partOf*:Reference status!:code
    statusReason[x]:CodeableConcept|Reference category:CodeableConcept
    medication[x]!:CodeableConcept|Reference subject:Reference context:Reference
    supportingInformation*:Reference performer*:Backbone location:Reference
    authorizingPrescription*:Reference type:CodeableConcept quantity:Quantity daysSupply:Quantity
    whenPrepared:dateTime whenHandedOver:dateTime destination:Reference receiver*:Reference
    note*:Annotation dosageInstruction*:Backbone substitution:Backbone`,
  'MedicationDispense.performer': 'function:CodeableConcept actor!:Reference',
  'MedicationDispense.dosageInstruction': dosage,
  'MedicationDispense.dosageInstruction.doseAndRate': doseAndRate,
  'MedicationDispense.substitution': `wasSubstituted!:boolean type:CodeableConcept
    reason*:CodeableConcept responsibleParty*:Reference`,
  MedicationAdministration: `meta:Meta identifier*:Identifier partOf*:Reference status!:code
    statusReason*:CodeableConcept category:CodeableConcept
    medication[x]!:CodeableConcept|Reference subject!:Reference context:Reference
    supportingInformation*:Reference effective[x]!:dateTime|Period performer*:Backbone
    reasonCode*:CodeableConcept reasonReference*:Reference request:Reference device*:Reference
    note*:Annotation dosage:Backbone`,
  'MedicationAdministration.performer': 'function:CodeableConcept actor!:Reference',
  'MedicationAdministration.dosage': `text:string site:CodeableConcept route:CodeableConcept
    method:CodeableConcept dose:Quantity rate[x]:Ratio|Quantity`,
  Immunization: `meta:Meta identifier*:Identifier status!:code statusReason:CodeableConcept
    vaccineCode!:CodeableConcept patient!:Reference encounter:Reference
    occurrence[x]!:dateTime|string recorded:dateTime primarySource:boolean
    reportOrigin:CodeableConcept location:Reference manufacturer:Reference lotNumber:string
    expirationDate:date site:CodeableConcept route:CodeableConcept doseQuantity:Quantity
    performer*:Backbone note*:Annotation reasonCode*:CodeableConcept reasonReference*:Reference
    isSubpotent:boolean subpotentReason*:CodeableConcept education*:Backbone
    programEligibility*:CodeableConcept fundingSource:CodeableConcept reaction*:Backbone
    protocolApplied*:Backbone`,
  'Immunization.performer': 'function:CodeableConcept actor!:Reference',
  'Immunization.education': `documentType:string reference:uri publicationDate:dateTime
    presentationDate:dateTime`,
  'Immunization.reaction': 'date:dateTime detail:Reference reported:boolean',
  'Immunization.protocolApplied': `series:string authority:Reference
    targetDisease*:CodeableConcept doseNumber[x]!:positiveInt|string
    seriesDoses[x]:positiveInt|string`,
};
