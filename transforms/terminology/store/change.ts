export const changeKinds = [
  ...['added', 'removed', 'retired', 'reinstated', 'display', 'definition', 'property'],
  ...['designation', 'parents', 'target', 'relationship', 'comment', 'membership', 'setting'],
] as const;

/** One difference between two releases. */
export type Change = {
  readonly change: string;
  /** The code that it is about; of a map the source's. Null for a setting of the whole. */
  readonly code: string | null;
  readonly system?: string;
  /** The property, the language of a designation, or the element of the resource. */
  readonly element?: string;
  readonly was?: unknown;
  readonly now?: unknown;
  /** Of a changed relationship: it says less than it did. */
  readonly weakened?: boolean;
};
