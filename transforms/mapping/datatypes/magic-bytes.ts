const signatures: readonly (readonly [type: string, bytes: Buffer, at: number])[] = [
  ['application/pdf', Buffer.from('%PDF-'), 0],
  ['application/rtf', Buffer.from('{\\rtf'), 0],
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47]), 0],
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff]), 0],
  ['image/gif', Buffer.from('GIF8'), 0],
  ['image/tiff', Buffer.from([0x49, 0x49, 0x2a, 0x00]), 0],
  ['image/tiff', Buffer.from([0x4d, 0x4d, 0x00, 0x2a]), 0],
  ['image/bmp', Buffer.from('BM'), 0],
  ['application/dicom', Buffer.from('DICM'), 128],
  ['application/zip', Buffer.from([0x50, 0x4b, 0x03, 0x04]), 0],
  ['application/msword', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), 0],
];

/** What the first bytes say that it is; undefined where they say nothing. */
export function sniffedType(bytes: Buffer): string | undefined {
  for (const [type, signature, at] of signatures)
    if (bytes.subarray(at, at + signature.length).equals(signature)) return type;
  const head = bytes
    .subarray(0, 256)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (/^<(?:!doctype html|html)/i.test(head)) return 'text/html';
  if (/^<(?:\?xml|ClinicalDocument)/.test(head)) return 'application/xml';
  return undefined;
}
