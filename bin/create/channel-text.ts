/** A channel that listens for a sender, as YAML. */
export function channelText(name: string, port: number, mapping: string): string {
  return `channel: ${name}
owner: interfaces@example.org  # who is told when its messages wait
description: Say here who sends, and what.
source:
  mllp: { port: ${port} }
stages:
  - convert: { mapping: ${mapping} }
  - identify
  - store
routes:
  - files: { folder: out/${name} }
`;
}

/** What a configuration needs beside its channels. */
export const networkText = `network: my-network
http: { host: 127.0.0.1, port: 8080 }
retention: { work_days: 30 }
`;
