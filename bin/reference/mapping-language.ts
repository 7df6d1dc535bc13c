import { conversions, loadMapping } from '../../transforms/mapping/index.ts';
import { head, table } from './page.ts';

/** What the rows of a mapping may say in `when`, `table`, `as` and `with`. */
export function mappingLanguagePage(): string {
  return `${[
    head(
      'The words of a mapping',
      [
        'What stands behind `when`, `table`, `as` and `with` in the rows of `mappings/NAME.yaml`;',
        'its keys are in [the configuration](configuration.md#mappingsnameyaml). `./plexus lint`',
        'refuses any other word and names the nearest.',
      ].join('\n'),
    ),
    '## Conditions',
    'A row with `when` counts where all of its clauses hold; of a list of such maps, where one\n' +
      'does. `when: { PV1-2: [I, E], not PID-30: Y }`: the class is I or E, and PID-30 is not Y.',
    table(['clause', 'holds where'], clauses),
    '## Tables',
    'A table of your own with the name of one of base adds to it, and your codes win; one with\n' +
      'another name is for rows that name it by `table`. Which table the rows of a field read,\n' +
      '`./plexus convert explain PV1-2 --mapping NAME` shows.',
    '```yaml\ntables:\n  gender:\n    codes: { W: female }\n  encounter-class:\n    codes:\n' +
      '      IP: { code: IMP, display: inpatient encounter }\n```',
    'A target is a code, or `{ code, display, system }`, by default of the system of its table;\n' +
      '`""` says that FHIR has no word for it. `otherwise` is for codes that are not listed;\n' +
      'without it such a code is reported (`code-not-in-table`). `words` says what senders\n' +
      'write in place of a code: `words: { FEMALE: F }`, which is read in any case.',
    table(['table of base', 'what is looked up in it', 'system of its targets'], tables()),
    '## Conversions',
    'What `as` may name, the FHIR types that it makes, and what `with` may set. `./plexus test`\n' +
      'shows what one makes of your message. A field that none reads can be read by\n' +
      '[a function of your own](../how-to/use-a-function-in-a-rule.md).',
    table(['`as`', 'from, to', 'makes', '`with`'], asRows()),
  ].join('\n\n')}\n`;
}

const clauses: readonly (readonly string[])[] = [
  ['`PV1-2: I`', 'the field (or component) has this value; several: `[I, E]`'],
  ['`PV1-2: present`, `PV1-2: absent`', 'it has a value, or none'],
  ['`trigger: A01`, `message: ADT^A01`', 'the message is of this event, or of this type'],
  ['`made: encounter`', 'in a rule: the message makes this resource'],
  ['`visit: PV1-50`', 'in a rule: this field numbers the visit (`visit_number`)'],
  ['`not CLAUSE: VALUE`', 'the clause does not hold'],
];

function tables(): readonly (readonly string[])[] {
  // No configuration folder: base is part of Plexus.
  const { merged } = loadMapping('', 'base');
  return [...(merged?.tables ?? [])]
    .map(([name, { system = '' }]) => {
      const from = merged!.rules.flatMap(({ row }) =>
        row.table === name ? [row.from ?? []].flat() : [],
      );
      const where = from.length === 0 ? 'a conversion' : [...new Set(from)].sort().join(', ');
      return [`\`${name}\``, where, system];
    })
    .sort(byFirst);
}

const asRows = (): readonly (readonly string[])[] =>
  [...conversions.values()]
    .map(({ name, summary, gives, settings = [] }) => [
      `\`${name}\``,
      summary,
      gives.join(', ').replace('Backbone', 'BackboneElement'),
      settings.map((key) => `\`${key}\``).join(', '),
    ])
    .sort(byFirst);

const byFirst = ([left = '']: readonly string[], [right = '']: readonly string[]): number =>
  left.toLowerCase() < right.toLowerCase() ? -1 : 1;
