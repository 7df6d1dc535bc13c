/**
 * Elements of the FHIR R4 resources that scheduling, documents, finance, problems, referrals and
 * master files make; the form is that of `elements.ts`.
 */
export const administrativeElements: Readonly<Record<string, string>> = {
  Appointment: `extension*:Extension identifier*:Identifier status!:code
    cancelationReason:CodeableConcept serviceCategory*:CodeableConcept serviceType*:CodeableConcept
    specialty*:CodeableConcept appointmentType:CodeableConcept reasonCode*:CodeableConcept
    reasonReference*:Reference priority:unsignedInt description:string
    supportingInformation*:Reference start:instant end:instant minutesDuration:positiveInt
    slot*:Reference created:dateTime comment:string patientInstruction:string
    basedOn*:Reference participant*!:Backbone requestedPeriod*:Period
    _start:Backbone _end:Backbone`,
  'Appointment._start': 'extension*:Extension',
  'Appointment._end': 'extension*:Extension',
  'Appointment.participant': `type*:CodeableConcept actor:Reference required:code status!:code
    period:Period`,
  DocumentReference: `extension*:Extension masterIdentifier:Identifier identifier*:Identifier
    status!:code docStatus:code type:CodeableConcept category*:CodeableConcept subject:Reference
    date:instant author*:Reference authenticator:Reference custodian:Reference
    relatesTo*:Backbone description:string securityLabel*:CodeableConcept content*!:Backbone
    context:Backbone`,
  'DocumentReference.relatesTo': 'code!:code target!:Reference',
  'DocumentReference.content': 'attachment!:Attachment format:Coding',
  'DocumentReference.context': `encounter*:Reference event*:CodeableConcept period:Period
    facilityType:CodeableConcept practiceSetting:CodeableConcept sourcePatientInfo:Reference
    related*:Reference`,
  ChargeItem: `identifier*:Identifier status!:code partOf*:Reference code!:CodeableConcept
    subject!:Reference context:Reference occurrence[x]:dateTime|Period|Timing
    performer*:Backbone performingOrganization:Reference requestingOrganization:Reference
    costCenter:Reference quantity:Quantity bodysite*:CodeableConcept factorOverride:decimal
    priceOverride:Money overrideReason:string enterer:Reference enteredDate:dateTime
    reason*:CodeableConcept service*:Reference product[x]:Reference|CodeableConcept
    account*:Reference note*:Annotation supportingInformation*:Reference`,
  'ChargeItem.performer': 'function:CodeableConcept actor!:Reference',
  Procedure: `identifier*:Identifier basedOn*:Reference partOf*:Reference status!:code
    statusReason:CodeableConcept category:CodeableConcept code:CodeableConcept subject!:Reference
    encounter:Reference performed[x]:dateTime|Period|string|Age|Range recorder:Reference
    asserter:Reference performer*:Backbone location:Reference reasonCode*:CodeableConcept
    reasonReference*:Reference bodySite*:CodeableConcept outcome:CodeableConcept
    report*:Reference note*:Annotation`,
  'Procedure.performer': 'function:CodeableConcept actor!:Reference onBehalfOf:Reference',
  Goal: `identifier*:Identifier lifecycleStatus!:code achievementStatus:CodeableConcept
    category*:CodeableConcept priority:CodeableConcept description!:CodeableConcept
    subject!:Reference start[x]:date|CodeableConcept target*:Backbone statusDate:date
    statusReason:string expressedBy:Reference addresses*:Reference note*:Annotation
    outcomeCode*:CodeableConcept outcomeReference*:Reference`,
  'Goal.target': 'measure:CodeableConcept due[x]:date|Duration',
  Practitioner: `identifier*:Identifier active:boolean name*:HumanName telecom*:ContactPoint
    address*:Address gender:code birthDate:date qualification*:Backbone
    communication*:CodeableConcept`,
  'Practitioner.qualification': `identifier*:Identifier code!:CodeableConcept period:Period
    issuer:Reference`,
  PractitionerRole: `identifier*:Identifier active:boolean period:Period practitioner:Reference
    organization:Reference code*:CodeableConcept specialty*:CodeableConcept location*:Reference
    healthcareService*:Reference telecom*:ContactPoint`,
};
