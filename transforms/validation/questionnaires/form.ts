import { limits } from '../../../engine/index.ts';
import { isObject } from '../values/index.ts';
import { keyOf, typedOf } from './typed-value.ts';

type Json = Readonly<Record<string, unknown>>;

/** A Questionnaire as packages and `profiles/` bring it. */
export type Questionnaire = {
  readonly url?: string;
  readonly version?: string;
  readonly item?: unknown;
};

/** Finds a Questionnaire by its canonical URL, with or without `|version`. */
export type FindQuestionnaire = (canonical: string) => Questionnaire | undefined;

/** What a Questionnaire asks in one place (https://hl7.org/fhir/R4/questionnaire.html). */
export type FormItem = {
  readonly linkId: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly repeats: boolean;
  readonly lengthMax: number | undefined;
  /** The keys of `answerOption`, and of which types these are. */
  readonly options: ReadonlySet<string>;
  readonly optionTypes: readonly string[];
  readonly valueSet: string | undefined;
  readonly conditions: readonly Json[];
  /** `enableBehavior`; of several conditions it must be given (que-12). */
  readonly behavior: unknown;
  /** An expression says when it is asked (SDC), which is not run here. */
  readonly isScripted: boolean;
  readonly items: readonly FormItem[];
};

export type Form = {
  readonly items: readonly FormItem[];
  readonly byLink: ReadonlyMap<string, FormItem>;
};

const forms = new WeakMap<Questionnaire, Form | 'unusable'>();

/** Undefined for one that no answers can be held against: an item without linkId, or two of one. */
export function formOf(questionnaire: Questionnaire): Form | undefined {
  let form = forms.get(questionnaire);
  if (form === undefined) {
    const byLink = new Map<string, FormItem>();
    const items = itemsOf(questionnaire.item, byLink, 0);
    form = items === undefined ? 'unusable' : { items, byLink };
    forms.set(questionnaire, form);
  }
  return form === 'unusable' ? undefined : form;
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function itemsOf(
  value: unknown,
  byLink: Map<string, FormItem>,
  depth: number,
): readonly FormItem[] | undefined {
  if (depth > limits.jsonDepthMax) return undefined;
  const items: FormItem[] = [];
  for (const one of listOf(value)) {
    if (!isObject(one) || typeof one.linkId !== 'string' || typeof one.type !== 'string')
      return undefined;
    if (byLink.has(one.linkId)) return undefined;
    // Its place is taken before those below it are read.
    byLink.set(one.linkId, unread);
    const below = itemsOf(one.item, byLink, depth + 1);
    if (below === undefined) return undefined;
    const item = itemOf(one as Named, below);
    byLink.set(item.linkId, item);
    items.push(item);
  }
  return items;
}

type Named = Json & { readonly linkId: string; readonly type: string };

const scripted = /\/sdc-questionnaire-enableWhenExpression$/;

function itemOf(one: Named, items: readonly FormItem[]): FormItem {
  const options = listOf(one.answerOption).flatMap((option) =>
    isObject(option) ? (typedOf(option, 'value') ?? []) : [],
  );
  return {
    linkId: one.linkId,
    type: one.type,
    isRequired: one.required === true,
    repeats: one.repeats === true,
    lengthMax: typeof one.maxLength === 'number' ? one.maxLength : undefined,
    options: new Set(options.map(keyOf)),
    optionTypes: [...new Set(options.map(({ type }) => type))],
    valueSet: typeof one.answerValueSet === 'string' ? one.answerValueSet : undefined,
    conditions: listOf(one.enableWhen).filter(isObject),
    behavior: one.enableBehavior,
    isScripted: listOf(one.extension).some(
      (more) => isObject(more) && typeof more.url === 'string' && scripted.test(more.url),
    ),
    items,
  };
}

const unread: FormItem = itemOf({ linkId: '', type: '' }, []);
