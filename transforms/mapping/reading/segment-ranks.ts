/**
 * Ranks of segments: one belongs to the nearest before it that has a lower rank. HL7`s groups say
 * it, but real messages leave groups out, repeat them and put segments in between.
 */
const ranks: ReadonlyMap<string, number> = new Map([
  ['MSH', 0],
  // RF1, as SCH, comes before the patient whom it is about.
  ...level(10, 'SFT UAC EVN MSA QRD QRF QPD PID SCH RF1 MFI'),
  ...level(20, 'PD1 NK1 PV1 PV2 AL1 IAM DG1 DRG GT1 IN1 ACC UB1 UB2 MRG DB1 PDA'),
  ...level(20, 'FT1 RGS TXA PRB MFE'),
  ...level(30, 'ORC IN2 IN3 AIS AIG AIL AIP GOL PTH PR1'),
  ...level(40, 'OBR RXO RXE RXD RXA RQD'),
  ...level(50, 'TQ1 TQ2 RXR RXC RXV OBX SPM SAC'),
  ...level(60, 'NTE PRT CTD ROL'),
]);
const unranked = 90;
const detail = 40;

/** These belong to what they follow, whatever that is. */
const attached = new Set(['NTE', 'PRT', 'CTD', 'ROL']);
/** These go on with what they follow, and a note after them is for that. */
const continuing = new Set(['PD1', 'PV2', 'IN2', 'IN3', 'TQ1', 'TQ2', 'CTD']);
/** Of the patient or the visit; after an order they are the order`s. */
const ofOrdersToo = new Set(['DG1', 'FT1', 'TXA']);

function level(rank: number, names: string): [string, number][] {
  return names.split(' ').map((name) => [name, rank]);
}

/** These may come before the detail that they are about, right behind its ORC. */
const leading = new Set(['TQ1', 'TQ2']);

export const isLeading = (name: string): boolean => leading.has(name);
export const isAttached = (name: string): boolean => attached.has(name);
export const isOfOrdersToo = (name: string): boolean => ofOrdersToo.has(name);
export const isDetail = (rank: number): boolean => rank === detail;

/** What ranks lower than this ends what stands below a segment: a detail ends another`s. */
export const limitOf = (rank: number): number => (rank === detail ? rank + 1 : rank);

/** Does a note that follows it belong to what stands before? */
export function isPassedOver(name: string): boolean {
  return attached.has(name) || continuing.has(name) || !ranks.has(name);
}

/** How the segments of one message rank: by their names, and by where they stand. */
export type Ranks = {
  /** Of each segment. */
  readonly at: Uint8Array;
  /** 1 for each segment of an order, from its ORC or detail on. */
  readonly inOrder: Uint8Array;
  /** The common order has ORC before OBR; OUL has it after. */
  readonly orderFollows: boolean;
  of(name: string): number;
};

export function ranksOf(names: readonly string[]): Ranks {
  const [firstOrc, firstObr] = [names.indexOf('ORC'), names.indexOf('OBR')];
  const orderFollows =
    firstObr >= 0 &&
    firstObr < firstOrc &&
    (names.lastIndexOf('OBR') < names.lastIndexOf('ORC') || isBehind(names));
  const firstSpm = names.indexOf('SPM');
  // In OUL^R22, OML^O33 and their like the specimen comes first, and what is asked of it after.
  const specimenLeads =
    firstSpm >= 0 && firstObr > firstSpm && (firstOrc < 0 || firstOrc > firstSpm);
  const of = (name: string): number => {
    if (name === 'ORC' && orderFollows) return 45;
    if (specimenLeads && name === 'SPM') return 22;
    if (specimenLeads && name === 'SAC') return 24;
    return ranks.get(name) ?? unranked;
  };
  const at = new Uint8Array(names.length);
  const inOrder = new Uint8Array(names.length);
  const owns = ordersOwn(names, firstOrc);
  let within = false;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index]!;
    const rank = of(name);
    if (name === 'ORC' || rank === detail) within = owns;
    else if (rank < 20 || name === 'PV1') within = false;
    inOrder[index] = within ? 1 : 0;
    at[index] = within && ofOrdersToo.has(name) ? 50 : rank;
  }
  return { at, inOrder, orderFollows, of };
}

/** Do all ORC stand right behind an OBR, and what follows one of them is no order of its own? */
function isBehind(names: readonly string[]): boolean {
  let isPlain = false;
  for (const [index, name] of names.entries()) {
    if (name !== 'ORC') continue;
    if (names[index - 1] !== 'OBR') return false;
    const next = names.slice(index + 1).find((other) => !attached.has(other) && !isLeading(other));
    isPlain ||= next === undefined || (ranks.get(next) ?? unranked) !== detail;
  }
  return isPlain;
}

/**
 * Are a diagnosis, a charge and a document after an order the order`s? Not in DFT, where orders
 * are those of a charge, nor in MDM, whose document comes after the order.
 */
function ordersOwn(names: readonly string[], firstOrc: number): boolean {
  const firstCharge = names.indexOf('FT1');
  return !names.includes('EVN') && (firstCharge < 0 || (firstOrc >= 0 && firstOrc < firstCharge));
}
