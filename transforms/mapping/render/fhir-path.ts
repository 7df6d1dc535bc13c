/** One step down a resource: an element, the items that a code picks, and one of those. */
export type Step = {
  readonly name: string;
  readonly filter:
    | { readonly name: string; readonly code: string; readonly not: boolean }
    | undefined;
  readonly index: number | undefined;
};

/** A path such as `Patient.telecom(use=work)[0].value`: resource type, then steps. */
export type FhirPath = { readonly type: string; readonly steps: readonly Step[] };

const grammar = /^([A-Za-z]+)(?:\(([A-Za-z]+)(!?=)([^()=]+)\))?(?:\[(\d{1,3})\])?$/;

/** Reads a path; undefined when the text is none. */
export function parseFhirPath(text: string): FhirPath | undefined {
  const [type = '', ...words] = text.split(/\.(?![^(]*\))/);
  if (!/^[A-Z][A-Za-z]+$/.test(type)) return undefined;
  const steps = words.map((word): Step | undefined => {
    const [, name, key, sign, code, index] = grammar.exec(word) ?? [];
    if (name === undefined) return undefined;
    const filter = key && code ? { name: key, code, not: sign === '!=' } : undefined;
    return { name, filter, index: index === undefined ? undefined : Number(index) };
  });
  return steps.every((step) => step !== undefined) ? { type, steps } : undefined;
}

/** The values at the steps, lists flattened; a choice element is found by its stem. */
export function valuesAt(root: unknown, steps: readonly Step[]): readonly Found[] {
  let found: readonly Found[] = [{ name: '', value: root }];
  for (const step of steps) {
    const next = found.flatMap(({ value }) => down(value, step.name));
    const { filter, index } = step;
    const kept = filter
      ? next.filter(({ value }) => hasCode(value, filter.name, filter.code) !== filter.not)
      : next;
    found = index === undefined ? kept : kept.slice(index, index + 1);
  }
  return found;
}

/** A value and the name of the element that holds it: `valueQuantity`. */
export type Found = { readonly name: string; readonly value: unknown };

function down(value: unknown, name: string): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Record<string, unknown>;
  const own = fields[name] === undefined ? chosen(fields, name) : name;
  const inside = own === undefined ? undefined : fields[own];
  if (inside === undefined || inside === null) return [];
  return [inside].flat().map((each) => ({ name: own!, value: each }));
}

/** `valueQuantity` for `value`. */
function chosen(fields: Record<string, unknown>, stem: string): string | undefined {
  const isChoice = new RegExp(`^${stem}[A-Z]`);
  return Object.keys(fields).find((name) => isChoice.test(name));
}

/** A code, a Coding or a CodeableConcept (or a list of them) that has this code. */
function hasCode(value: unknown, name: string, code: string): boolean {
  return down(value, name).some((found) => isCode(found.value, code));
}

function isCode(value: unknown, code: string): boolean {
  if (typeof value !== 'object' || value === null) return String(value) === code;
  const coded = value as { code?: unknown; coding?: readonly unknown[] };
  return coded.code === code || (coded.coding ?? []).some((each) => isCode(each, code));
}
