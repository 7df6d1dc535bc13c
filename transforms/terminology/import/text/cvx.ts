import type { Reader } from '../context.ts';
import { splitRows } from './table-rows.ts';
import { endSystem, refuseTwice, stringProperty } from './text-system.ts';

/** `code|short|full name|notes|status|nonvaccine|last updated`, without a header line. */
const cvxLine = /^\ufeff?\s*\d{2,3}\s*\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|\s*(?:True|False)\s*\|/i;
export const isCvx = (head: string): boolean => cvxLine.test(head);

const dayOf = (text: string): string | undefined => {
  const [, month, day, year] = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(text) ?? [];
  if (year !== undefined) return `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  return /^\s*(\d{4})[/-](\d{2})[/-](\d{2})/.exec(text)?.slice(1, 4).join('-');
};

/** CDC's vaccines administered (CVX) as its text file; the newest change is the version. */
export const readCvx: Reader = function* (inputs, context) {
  for (const input of inputs) {
    const staging = context.begin('CodeSystem', input);
    let newest = '';
    for (const row of splitRows(input, context, { separator: '|', isEnded: false })) {
      const { cells, line, read } = row;
      yield read;
      const [code = '', short = '', full = '', notes = '', status = '', other = '', changed = ''] =
        cells.map((cell) => cell.trim());
      const day = dayOf(changed) ?? '';
      if (day > newest) newest = day;
      const isCut = row.isUnended === true && changed === '';
      if (isCut || (changed !== '' && day === '') || !/^(?:true|false)$/i.test(other)) {
        const message = 'no line of CVX: code, names, notes, status, True or False, a date';
        context.findings.fail(input.name, line, 'row-invalid', message);
      }
      const isOut = /^(?:inactive|never active)$/i.test(status);
      const concept = {
        ...{ code, display: short || full },
        designations: full === '' ? [] : [{ use: { code: 'full' }, value: full }],
        properties: [
          ...stringProperty('vaccine-status', status),
          ...stringProperty('notes', notes),
          ...(isOut ? [{ code: 'inactive', valueBoolean: true }] : []),
          { code: 'nonvaccine', valueBoolean: /^true$/i.test(other) },
        ],
      };
      if (staging.addConcept(concept, line) === undefined)
        refuseTwice(code, line, staging, input, context);
    }
    const version = newest === '' ? undefined : newest;
    endSystem(staging, input, context, {
      ...{ url: 'http://hl7.org/fhir/sid/cvx', version, name: 'CVX', title: 'CVX' },
      copyright: 'Vaccines administered (CVX), U.S. CDC; public domain',
    });
  }
};
