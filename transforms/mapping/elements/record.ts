/**
 * Elements of the FHIR R4 resources that say who and what had a part in a message, and where it
 * came from; the form is that of `elements.ts`. A time that R4 wants may be said to be unknown.
 */
export const recordElements: Readonly<Record<string, string>> = {
  Organization: `identifier*:Identifier active:boolean type*:CodeableConcept name:string
    alias*:string telecom*:ContactPoint address*:Address partOf:Reference`,
  Device: `identifier*:Identifier udiCarrier*:Backbone status:code distinctIdentifier:string
    manufacturer:string manufactureDate:dateTime expirationDate:dateTime lotNumber:string
    serialNumber:string deviceName*:Backbone modelNumber:string type:CodeableConcept
    version*:Backbone patient:Reference owner:Reference location:Reference note*:Annotation`,
  'Device.udiCarrier': `deviceIdentifier:string issuer:uri jurisdiction:uri carrierHRF:string
    entryType:code`,
  'Device.deviceName': 'name!:string type!:code',
  'Device.version': 'extension*:Extension type:CodeableConcept component:Identifier value!:string',
  Provenance: `meta:Meta target*!:Reference occurred[x]:Period|dateTime recorded:instant
    location:Reference reason*:CodeableConcept activity:CodeableConcept agent*!:Backbone
    entity*:Backbone _recorded:Backbone`,
  'Provenance._recorded': 'extension*:Extension',
  'Provenance.agent': `type:CodeableConcept role*:CodeableConcept who!:Reference
    onBehalfOf:Reference`,
  'Provenance.entity': 'role!:code what!:Reference',
  MessageHeader: `meta:Meta language:code event[x]!:Coding|uri destination*:Backbone
    sender:Reference enterer:Reference author:Reference source!:Backbone responsible:Reference
    reason:CodeableConcept response:Backbone focus*:Reference`,
  'MessageHeader.destination': 'name:string target:Reference endpoint!:url receiver:Reference',
  'MessageHeader.source': `name:string software:string version:string contact:ContactPoint
    endpoint:url _endpoint:Backbone`,
  'MessageHeader.source._endpoint': 'extension*:Extension',
  'MessageHeader.response': 'identifier!:id code!:code details:Reference',
};
