import { z } from 'zod';
import { valueSetPins } from '../pins.ts';
import { actions, defaultPolicy, type Policy } from '../translate-marks.ts';

const action = (what: string, unless: (typeof actions)[number]) =>
  z.enum(actions).default(unless).describe(`What becomes of a message with ${what}.`);

const policySchema = z
  .strictObject({
    unmapped: action('a code that the map does not hold', defaultPolicy.unmapped),
    ambiguous: action('a code of several targets; none is taken', defaultPolicy.ambiguous),
    unmatched: action('a code that the map says nothing matches', defaultPolicy.unmatched),
    with_loss: action('a code of a wider or narrower target', defaultPolicy['mapped-with-loss']),
  })
  .transform(({ with_loss, ...others }): Policy => ({ ...others, 'mapped-with-loss': with_loss }));

/** What a channel says of the stage `translate`. */
export const translateSchema = z
  .strictObject({
    maps: z
      .record(
        z.string().describe('What the mapping marks a code for, e.g. `lab-code`.'),
        z.string().describe('The release that translates it, or `none`.'),
      )
      .describe(
        'The map release that is pinned to each use: `facility/name@version` of the ' +
          'configuration, or `URL|VERSION` of an imported one. `none` leaves its codes as sent. ' +
          'A use that is not named does so too, and says it of each message with codes of no ' +
          'shared system.',
      ),
    policy: z
      .record(z.string().describe('A use of `maps`.'), policySchema)
      .default({})
      .describe(
        'What is done for a use where a translation is less than whole: `unmapped`, `ambiguous`, ' +
          '`unmatched` and `with_loss` are each `pass`, `flag` (an issue of the message) or ' +
          '`hold` (the quarantine). Unless told, the first two are flagged and the others pass.',
      ),
    value_sets: valueSetPins,
  })
  .describe('Translates the codes that the mapping marks, by pinned releases of code maps.')
  .transform(({ value_sets: valueSets, ...others }) => ({ ...others, valueSets }));

type Config = z.output<typeof translateSchema>;
export type TranslateConfig = Pick<Config, 'maps'> & Partial<Config>;
