import { type Coding, placeOf } from '../coding.ts';
import { type Described, type Display, displaysOf, type View } from '../concept-view.ts';
import { displayFor } from '../display.ts';
import { issue, type TxIssue } from '../issue.ts';
import { type Languages, speaks } from '../languages.ts';
import { choices } from '../messages.ts';
import type { Listed } from '../value-set/index.ts';

export type DisplayQuestion = {
  readonly view: View;
  readonly concept: Described;
  readonly listed: Listed | undefined;
  readonly languages: Languages | undefined;
  /** A wrong display is a warning only. */
  readonly isLenient: boolean;
};

/** What is wrong with the display of a coding; undefined when nothing is. */
export function checkDisplay(coding: Coding, question: DisplayQuestion): TxIssue | undefined {
  const { display } = coding;
  if (display === undefined) return undefined;
  const { view, concept, listed, languages, isLenient } = question;
  const all = displaysAll(view, concept, listed);
  const valid = all.filter(({ isWithdrawn }) => !isWithdrawn);
  const isSaid = (one: Display) => same(one.value, display);
  const wanted = languages?.wanted ?? [];
  const fits = ({ language }: Display) =>
    wanted.length === 0 || language === undefined || wanted.some((each) => speaks(language, each));
  const fitting = valid.filter(fits);
  if (fitting.some(isSaid)) return undefined;
  const at = placeOf(coding, 'display');
  const kind = {
    ...({ severity: isLenient ? 'warning' : 'error', type: 'invalid' } as const),
    ...({ tx: 'invalid-display', at } as const),
  };
  const name = `${view.system.url}#${concept.code}`;
  const shown = languages === undefined ? '--' : languages.text;
  if (fitting.length === 0) return noneForLanguage(kind, { name, shown, display, valid, question });
  const withdrawn = all.find((one) => one.isWithdrawn && isSaid(one));
  if (withdrawn !== undefined) {
    const correct = fitting.map(({ value }) => `"${value}"`);
    const note = { severity: 'warning', type: 'invalid', tx: 'display-comment', at } as const;
    const words = [display, concept.code, choices(correct)] as const;
    return issue({ ...note, isTold: false }, 'INACTIVE_DISPLAY_FOUND', ...words);
  }
  const isBlanks = fitting.some(({ value }) => same(collapsed(value), collapsed(display)));
  return isBlanks
    ? issue(
        kind,
        'Display_Name_WS_for__should_be_one_of__instead_of',
        ...([display, name, validText(fitting), shown] as const),
      )
    : issue(
        kind,
        'Display_Name_for__should_be_one_of__instead_of',
        ...([display, name, validText(fitting), shown] as const),
      );
}

function displaysAll(view: View, concept: Described, listed: Listed | undefined) {
  const own = displaysOf(view, concept, listed?.designations);
  return listed?.display === undefined
    ? own
    : [{ value: listed.display, language: view.language, isWithdrawn: false }, ...own];
}

type Found = {
  readonly name: string;
  readonly shown: string;
  readonly display: string;
  readonly valid: readonly Display[];
  readonly question: DisplayQuestion;
};

/** No text in the language that is wanted: what stands in the default language will do. */
function noneForLanguage(
  kind: Pick<TxIssue, 'severity' | 'type'>,
  { name, shown, display, valid, question }: Found,
): TxIssue | undefined {
  const { view, concept, listed } = question;
  const fallback = displayFor(view, concept, listed, undefined);
  const isDefault = ({ value, language }: Display) =>
    same(value, display) && language === view.language;
  if (valid.some(isDefault))
    return issue(
      { ...kind, severity: 'information' },
      'NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK',
      ...([display, name, shown] as const),
    );
  return issue(
    kind,
    'NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR',
    ...([display, name, shown, fallback?.value ?? ''] as const),
  );
}

function validText(valid: readonly Display[]): string {
  const texts = [
    ...new Set(
      valid.map(
        ({ value, language }) => `'${value}'${language === undefined ? '' : ` (${language})`}`,
      ),
    ),
  ];
  if (texts.length === 1) return `Valid display is ${texts[0]}`;
  return `Valid display is one of ${texts.length} choices: ${choices(texts)}`;
}

const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();

const collapsed = (text: string) => text.trim().replaceAll(/\s+/g, ' ');
