import type { Environment, Settings } from '../environment.ts';
import { type Cell, component } from '../reading/index.ts';

/** What senders write in OBX-2 for a type. */
export const repairedTypes: Readonly<Record<string, string>> = {
  TXT: 'TX',
  TEXT: 'TX',
  STRING: 'ST',
  NUM: 'NM',
  NUMERIC: 'NM',
  CODED: 'CWE',
};

/** Table 0125 and the types of chapter 2A that an OBX may carry. */
const types = new Set(
  (
    'AD AUI CCD CCP CD CE CF CK CN CNE CNN CP CQ CWE CX DDI DIN DLD DLN DLT DR DT DTM DTN ED EI ' +
    'EIP ERL FC FN FT GTS HD ICD ID IS JCC LA1 LA2 MA MO MOC MOP MSG NA NDL NM NR OCD OG OSD OSP ' +
    'PIP PL PLN PN PPN PRL PT PTA QIP QSC RCD RFR RI RMC RP RPT SAD SCV SI SN SNM SPD SPS SRT ST ' +
    'TM TN TQ TS TX UVC VH VID VR WVI WVS XAD XCN XON XPN XTN'
  ).split(' '),
);
const isKnownType = (type: string): boolean => types.has(type);

/** OBX-2 as the standard spells it; what is not in it is repaired and flagged, or read as text. */
export function valueType(cell: Cell, environment: Environment, settings: Settings): string {
  const typeCell = settings.sibling(2);
  const written = typeCell ? component(typeCell, 1) : '';
  if (written === '') {
    environment.issue('value-type-missing', 'has no type in OBX-2; it was read as text', cell);
    return 'ST';
  }
  if (isKnownType(written)) return written;
  const upper = written.toUpperCase();
  const repaired = repairedTypes[upper];
  if (repaired === undefined) {
    if (!isKnownType(upper))
      environment.issue(
        'value-type-unknown',
        'has a type in OBX-2 that is none; read as text',
        cell,
      );
    return upper;
  }
  environment.issue('value-type-repaired', `has a type in OBX-2 that means ${repaired}`, cell);
  return repaired;
}
