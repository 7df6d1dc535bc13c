import { type Code, fromTruth } from './code.ts';

/** Logic of three values (N1, section 6.5); the right side is evaluated only if it counts. */
export const logic: Readonly<Record<string, (left: Code, right: Code) => Code>> = {
  and: ({ truth: left }, { truth: right }) =>
    fromTruth((focus, scope) => {
      const first = left(focus, scope);
      if (first === false) return false;
      const second = right(focus, scope);
      return second === false ? false : first === undefined ? undefined : second;
    }),

  or: ({ truth: left }, { truth: right }) =>
    fromTruth((focus, scope) => {
      const first = left(focus, scope);
      if (first === true) return true;
      const second = right(focus, scope);
      return second === true ? true : first === undefined ? undefined : second;
    }),

  xor: ({ truth: left }, { truth: right }) =>
    fromTruth((focus, scope) => {
      const [first, second] = [left(focus, scope), right(focus, scope)];
      return first === undefined || second === undefined ? undefined : first !== second;
    }),

  implies: ({ truth: left }, { truth: right }) =>
    fromTruth((focus, scope) => {
      const first = left(focus, scope);
      if (first === false) return true;
      const second = right(focus, scope);
      return second === true ? true : first === undefined ? undefined : second;
    }),
};
