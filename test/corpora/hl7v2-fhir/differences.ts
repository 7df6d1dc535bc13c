// Where an expected bundle says what we mean not to say, each with its argument.
import type { Fact } from './facts.ts';

export type Difference = {
  readonly reason: string;
  is(file: string, fact: Fact): boolean;
};

export const differences: readonly Difference[] = [];
