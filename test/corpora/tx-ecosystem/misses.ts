const quotes =
  'the test wants this sentence without quotes about the system, where others (for example ' +
  'errors/unknown-system1 and regex-bad/validate-regex-bad) want the same sentence with them';

const display =
  "the test wants the display 'Display 2' for code2 of version 2.0.0, whose display is " +
  "'Display #2', as overload/expand-all and overload/expand-mixed want it";

/** Why each test that fails does: `suite/test` and the reason. */
export const misses: Readonly<Record<string, string>> = {
  'validation/validation-simple-coding-bad-system': quotes,
  'errors/unknown-system2': quotes,
  'overload/expand-all-merged': display,
  'overload/expand-enum-good': display,
  'overload/expand-enum-bad': display,
  'overload/expand-exclude-versioned': display,
};
