/** What an acknowledgement says: MSA-1, MSA-2, and the error codes of MSA-6 and ERR. */
export type Reply = {
  readonly code: string;
  readonly controlId: string;
  /** HL7 table 0357 condition, e.g. `101`, when the peer names one. */
  readonly condition: string | undefined;
};

export type ReplyReader = {
  /** Frames that the chunk completes, each read; undefined for a frame without MSA. */
  push(chunk: Buffer): readonly (Reply | undefined)[];
  /** True once a frame grew past the limit: the peer sends something else. */
  isOverrun(): boolean;
};

const VT = 0x0b;
const FS = 0x1c;
/** An ACK with twenty ERR segments has a few thousand bytes. */
const replyBytesMax = 256 * 1024;

/** Reads the frames that come back. What stands outside of VT and FS is passed over. */
export function createReplyReader(): ReplyReader {
  let kept: Buffer = Buffer.alloc(0);
  let overrun = false;
  return {
    push(chunk) {
      const replies: (Reply | undefined)[] = [];
      let rest = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk;
      for (let end = rest.indexOf(FS); end >= 0; end = rest.indexOf(FS)) {
        const start = rest.lastIndexOf(VT, end);
        if (start >= 0) replies.push(readReply(rest.subarray(start + 1, end)));
        rest = rest.subarray(end + 1);
      }
      const open = rest.indexOf(VT);
      kept = open < 0 ? Buffer.alloc(0) : rest.subarray(open);
      overrun ||= kept.length > replyBytesMax;
      return replies;
    },
    isOverrun: () => overrun,
  };
}

/** Reads MSA from the bytes of an acknowledgement; undefined when it has none. */
function readReply(bytes: Buffer): Reply | undefined {
  const segments = bytes.toString('latin1').split(/[\r\n]+/);
  const header = segments.find((segment) => segment.startsWith('MSH'));
  const separator = header?.[3] ?? '|';
  const fields = (name: string) =>
    segments.find((segment) => segment.startsWith(name + separator))?.split(separator);
  const msa = fields('MSA');
  if (!msa?.[1]) return undefined;
  const conditions = [fields('ERR')?.[3], msa[6]].map((field) => /^\d{3}/.exec(field ?? '')?.[0]);
  return {
    code: msa[1].trim(),
    controlId: msa[2] ?? '',
    condition: conditions.find((condition) => condition !== undefined),
  };
}
