import type { RenderConversion } from './writer.ts';

export const policyNumberWriter: RenderConversion = {
  name: 'PolicyNumber',
  summary: 'Of a Coverage its identifier that has no type and is not that of the plan.',
  write({ value }) {
    const { identifier = [], class: classes = [] } = value as fhir4.Coverage;
    const plans = new Set(classes.map((one) => one.value));
    const untyped = identifier.filter(({ type, value: number }) => !type && number);
    const found = untyped.find(({ value: number }) => !plans.has(number ?? '')) ?? untyped[0];
    return found?.value === undefined ? undefined : [found.value];
  },
};
