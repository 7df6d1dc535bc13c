import type { Invocation, OptionSpec } from '../../command.ts';

export const terminologyOptions = {
  map: { type: 'string', value: 'URL|VERSION', about: 'translate: the release that translates.' },
  system: {
    type: 'string',
    value: 'URL',
    about: 'translate, lookup: the code system of the code; lookup takes URL|VERSION too.',
  },
  code: { type: 'string', value: 'CODE', about: 'translate, lookup: the code.' },
  channel: { type: 'string', value: 'NAME', about: 'unmapped: of this channel.' },
  owner: { type: 'string', value: 'NAME', about: 'unmapped: whose they are, or shall be.' },
  state: {
    type: 'string',
    value: 'STATE',
    about: 'unmapped: open, decided, published or replayed (default: all that is not replayed).',
  },
  target: { type: 'string', value: 'SYSTEM|CODE', about: 'unmapped decide: what the code means.' },
  display: { type: 'string', value: 'TEXT', about: 'unmapped decide: the name of the target.' },
  relationship: {
    type: 'string',
    value: 'WORD',
    about: 'unmapped decide: equivalent (unless told), wider, narrower or inexact.',
  },
  unmatched: { type: 'boolean', about: 'unmapped decide: nothing matches the code.' },
  comment: { type: 'string', value: 'TEXT', about: 'unmapped decide: why.' },
  reviewer: { type: 'string', value: 'NAME', about: 'unmapped publish: who reviewed the rows.' },
  'dry-run': { type: 'boolean', about: 'import, unmapped replay: publishes and runs nothing.' },
  by: {
    type: 'string',
    value: 'NAME',
    about: 'import, unmapped: who does it (default: login name).',
  },
  commit: { type: 'string', value: 'REF', about: 'import: the commit that it comes from.' },
  licence: {
    type: 'string',
    value: 'FILE',
    about: 'import: the text of its licence, kept with it and shown on export.',
  },
  url: { type: 'string', value: 'URL', about: 'import: the canonical URL, where a file has none.' },
  version: {
    type: 'string',
    value: 'VERSION',
    about: 'import: the version, where a file does not say it.',
  },
  encoding: {
    type: 'string',
    value: 'NAME',
    about: 'import: of text files, e.g. windows-1252 (default utf-8).',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type TerminologyCall = Invocation<typeof terminologyOptions>;

export const terminologyDetails = `import FILE..   all that the files hold, or nothing (exit 1)
translate       --map 'URL|VERSION' (or FACILITY/NAME@VERSION) --system URL --code CODE: the outcome
                and its targets
lookup          --system URL --code CODE: what a code means
expand URL|V    the codes of a value set
diff A B        what release B (URL|VERSION, or FACILITY/NAME@VERSION) says otherwise than A, one
                line a change, with its use; exit 1 when it takes codes from what somebody pins
unmapped        the codes that no map decides: ls, show N, assign N.. --owner NAME,
                decide N.. --target 'SYSTEM|CODE' or --unmatched, publish RELEASE --reviewer NAME,
                replay RELEASE
export URL|V    a release as its FHIR resource; its licence is shown on stderr
ls              every release that was imported
verify          reads every published release again; exit 1 when one was changed
A file may be a FHIR resource, a Bundle or a package (.tgz); a code map of the configuration or an
HL7 v2-to-FHIR table (CSV); of LOINC (Loinc.csv), SNOMED CT (RF2 snapshots), RxNorm (RRF), ICD-10-CM
(order file, tabular XML), GEM, CVX or NDC. A folder stands for the files in it. Files that make one
release (those of RF2, of RxNorm) are named together.`;
