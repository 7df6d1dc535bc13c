/** Every limit of the engine, each with its reason. A channel may set the ones its schema shows. */
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
  /** Senders' bytes that may wait for a commit; past it sockets are paused. */
  landingBytesMax: 64 * 1024 * 1024,
  /** The window in which a duplicate is known again. */
  dedupeHours: 72,
  /** Retry backoff: doubles from the first to the last. */
  retryFirstMs: 1_000,
  retryLastMs: 60_000,
  /** Keys that may wait for a retry in one lane; past it the lane waits, for memory's sake. */
  parkedKeysMax: 10_000,
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
} as const;
