type Repeat = Readonly<fhir4.TimingRepeat>;

const daily = (frequency: number, when?: NonNullable<Repeat['when']>[number]): Repeat => ({
  frequency,
  period: 1,
  periodUnit: 'd',
  ...(when && { when: [when] }),
});

/** Codes of table 0335 (v2.5.1 section 4.3.1.1) that say in full how often. */
const codes: ReadonlyMap<string, Repeat> = new Map<string, Repeat>([
  ['QD', daily(1)],
  ['QOD', { frequency: 1, period: 2, periodUnit: 'd' }],
  ['BID', daily(2)],
  ['TID', daily(3)],
  ['QID', daily(4)],
  ['QSHIFT', daily(3)],
  ['QAM', daily(1, 'MORN')],
  ['QPM', daily(1, 'EVE')],
  ['QHS', daily(1, 'HS')],
  ['ONCE', { count: 1 }],
  // Before and after meals; `C` alone is continuous in this table.
  ...(['AC', 'ACM', 'ACD', 'ACV', 'PC', 'PCM', 'PCD', 'PCV'] as const).map(
    (when): [string, Repeat] => [when, { when: [when] }],
  ),
]);

const units = { S: 's', M: 'min', H: 'h', D: 'd', W: 'wk' } as const;
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/**
 * What a repeat pattern in upper case means; undefined where it is not certain: months of the moon
 * (`Q1L`), as needed (`PRN`), continuous (`C`), and what the table does not have.
 */
export function repeatOfCode(code: string): Repeat | undefined {
  const known = codes.get(code);
  if (known) return known.when ? { ...known, when: [...known.when] } : known;
  const every = /^Q([1-9]\d{0,3})([SMHDW])$/.exec(code);
  if (every) {
    const unit = units[every[2] as keyof typeof units];
    return { frequency: 1, period: Number(every[1]), periodUnit: unit };
  }
  // The day of the week from 1, Monday; without a number every week.
  const weekly = /^Q([1-9]\d?)?J([1-7])$/.exec(code);
  if (weekly) {
    const day = days[Number(weekly[2]) - 1]!;
    return { frequency: 1, period: Number(weekly[1] ?? 1), periodUnit: 'wk', dayOfWeek: [day] };
  }
  const often = /^([5-9]|[1-9]\d)ID$/.exec(code);
  return often ? daily(Number(often[1])) : undefined;
}
