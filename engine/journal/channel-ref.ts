/** A channel's numbers in the journal. */
export type ChannelRef = {
  readonly name: string;
  readonly no: number;
  /** The destination number of its chain. */
  readonly chain: number;
  readonly owner: string;
  /** How long a message is known again; 0: never. */
  readonly dedupeHours: number;
  /** The destination number of the answers that its senders are owed. */
  readonly answers?: number;
};
