/**
 * Every limit of the engine, each with its reason, and those that several folders share. A channel
 * may set the ones its schema shows; a limit of one source or route stands in its own file.
 */
export const limits = {
  /** A claim is one commit and one hand-over to a worker: 64 pays both off and re-runs little. */
  claimRows: 64,
  /** Bytes of raw a claim may hold, so that 64 messages of 8 MB never meet in memory. */
  claimBytes: 8 * 1024 * 1024,
  /** A worker that takes longer than this for a batch is taken for hung and is replaced. */
  workerTimeoutMs: 30_000,
  /** The attempt at which a message that kills or hangs its worker is quarantined (G6). */
  poisonAttempts: 3,
  /** Claims and settlements ride on landing commits, at most this late. */
  rideMs: 3,
  /**
   * The pause after a batch that was not full. Long enough to make few fsyncs of many messages,
   * short against what a person or a metric notices.
   */
  lingerMs: 20,
  /** A commit that failed is tried again after this long, then ever more slowly. */
  commitRetryFirstMs: 100,
  commitRetryLastMs: 5_000,
  /**
   * How often the WAL is emptied while there are commits. A short WAL is written over and over: its
   * blocks are allocated already, which makes the fsync of a commit several times cheaper.
   */
  checkpointMs: 250,
  /** Fewer frames than this are worth an inline checkpoint, which lets the WAL begin anew. */
  checkpointInlineFrames: 64,
  /** Background passes before giving way to the next interval. */
  checkpointPasses: 4,
  /** How often finished days are looked at: retention counts in days. */
  upkeepMs: 3_600_000,
  /** Raw bytes kept between landing and lane; what falls out is read back from the journal. */
  recentRawBytesMax: 8 * 1024 * 1024,
  /** Resources kept between chain and routes; what falls out is read back from the spine. */
  recentResourceBytesMax: 16 * 1024 * 1024,
  /** Open rows read from the journal at once: a few claims' worth. */
  readRows: 256,
  /** Held rows that one commit changes: an order on a whole backlog stops no sender. */
  heldRowsAtOnce: 1_000,
  /** Senders' bytes that may wait for a commit; past it sockets are paused. */
  landingBytesMax: 64 * 1024 * 1024,
  /** The window in which a duplicate is known again. */
  dedupeHours: 72,
  /** Retry backoff: doubles from the first to the last. */
  retryFirstMs: 1_000,
  retryLastMs: 60_000,
  /** Keys that may wait for a retry in one lane; past it the lane waits, for memory's sake. */
  parkedKeysMax: 10_000,
  /** Copies of deployed configurations that stay for a rollback, whatever their age. */
  revisionsKept: 10,
  /** How long a stop waits for what is under way. */
  drainMs: 10_000,
  /** MLLP frame: base64 PDFs of 8 MB occur; 16 MiB is over every message seen. */
  frameBytesMax: 16 * 1024 * 1024,
  /** Of a frame over the limit this much is kept in quarantine as evidence. */
  evidenceBytes: 64 * 1024,
  /** Idle MLLP connections are kept for long (EMRs keep one open all night). */
  idleMs: 24 * 3600 * 1000,
  /** From a frame's first byte to its last: a sender slower than this is cut off. */
  frameMs: 60_000,
  /** Connections a listener holds; the next is refused at once. */
  connectionsMax: 1_024,
  /** HTTP body of a FHIR POST. */
  bodyBytesMax: 16 * 1024 * 1024,
  /** HTTP headers arrive in one packet; who needs longer holds a connection for its own sake. */
  httpHeadersMs: 10_000,
  /** 16 MiB at 3 Mbit/s take 45 s. */
  httpRequestMs: 60_000,
  /** Idle HTTP connections cost memory and cost nothing to open again. */
  httpKeepAliveMs: 15_000,
  /** What a refused sender still sends is read for so long and so far: it hears the refusal. */
  httpDiscardMs: 1_000,
  httpDiscardBytesMax: 1024 * 1024,
  /** Nesting of JSON that FHIR never reaches; deeper input is made to exhaust its reader. */
  jsonDepthMax: 64,
  /** Parsed YAML files that are kept: all channels share the base mapping. */
  parsedFilesMax: 256,
  /** Unread fields that a message's trace names: more than any mapping of use leaves. */
  traceFieldsMax: 200,
} as const;
