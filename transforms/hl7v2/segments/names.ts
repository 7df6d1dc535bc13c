/**
 * A segment's name as a number, so that a look-up compares numbers and a parse makes no strings of
 * names.
 */
export function nameCode(text: string, at: number): number {
  return (text.charCodeAt(at) << 16) | (text.charCodeAt(at + 1) << 8) | text.charCodeAt(at + 2);
}

export function nameOf(code: number): string {
  const known = namesByCode.get(code);
  if (known !== undefined) return known;
  const name = String.fromCharCode(code >> 16, (code >> 8) & 0xff, code & 0xff);
  if (namesByCode.size < 1_000) namesByCode.set(code, name);
  return name;
}

const namesByCode = new Map<number, string>();

/** Segments of HL7 v2.1 to v2.8 (appendix A of the standard), for finding one glued to another. */
export const segmentNames: readonly string[] = (
  'ABS ACC ADD ADJ AFF AIG AIL AIP AIS AL1 APR ARQ ARV AUT BLC BLG BPO BPX BTX BUI CDM CDO ' +
  'CER CM0 CM1 CM2 CNS CON CSP CSR CSS CTD CTI CTR DB1 DEV DG1 DMI DON DPS DRG DSC DSP DST ' +
  'ECD ECR EDU EQP EQU ERR EVN FAC FT1 GOL GP1 GP2 GT1 IAM IAR IIM ILT IN1 IN2 IN3 INV IPC ' +
  'IPR ISD ITM IVC IVT LAN LCC LCH LDP LOC LRL MFA MFE MFI MRG MSA NCK NDS NK1 NPU NSC NST ' +
  'NTE OBR OBX ODS ODT OM1 OM2 OM3 OM4 OM5 OM6 OM7 OMC ORC ORG OVR PAC PCE PCR PD1 PDA PDC ' +
  'PEO PES PID PKG PM1 PMT PR1 PRA PRB PRC PRD PRT PSG PSH PSL PSS PTH PV1 PV2 PYE QAK QID ' +
  'QPD QRD QRF QRI RCP RDF RDT REL RF1 RFI RGS RMI ROL RQ1 RQD RXA RXC RXD RXE RXG RXO RXR ' +
  'RXV SAC SCD SCH SCP SDD SFT SGH SGT SHP SID SLT SPM STF STZ TCC TCD TQ1 TQ2 TXA UAC UB1 ' +
  'UB2 URD URS VAR VND'
).split(' ');
