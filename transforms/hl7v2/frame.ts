/** `<VT> bytes <FS><CR>` in one buffer, so that it leaves in one write. */
export function frame(bytes: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(bytes.length + 3);
  framed[0] = 0x0b;
  bytes.copy(framed, 1);
  framed[bytes.length + 1] = 0x1c;
  framed[bytes.length + 2] = 0x0d;
  return framed;
}
