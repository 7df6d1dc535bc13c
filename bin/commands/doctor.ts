import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { freemem, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import {
  dataFolder,
  dataKey,
  dataKeyFile,
  exitCodes,
  holdsData,
  loadNetwork,
  type Network,
  openDatabase,
  reasonOf,
} from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { configuredPlaces } from '../configured-places.ts';
import { type Finding, measureDurability } from '../durability.ts';
import { findEngine } from '../running-engine.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Checks this machine: Node, disk, key, ports, configuration.',
  usage: '[--durability]',
  details: `--durability writes to the data folder and measures what fsync costs there: a disk that
answers faster than any disk can has not written. Findings are rows; exit 0.`,
  options: { durability: { type: 'boolean', about: 'Measures fsync in the data folder.' } },
  async run({ options, json, configDir, dataDir, env, out }) {
    const { registry } = await import('../registry.ts');
    const { network, issues } = loadNetwork(configDir, registry);
    const errors = issues.filter(({ severity }) => severity === 'error').length;
    const findings: Finding[] = [
      checkNode(),
      checkMemory(),
      errors === 0
        ? ok('configuration', `${configDir} has no errors`)
        : failed('configuration', `${configDir} has mistakes (${errors}); see \`./plexus lint\``),
      ...checkDisk(dataDir),
      checkKey(dataDir, env),
      ...(network === undefined ? [] : await checkPorts(network, dataDir)),
    ];
    if (options.durability) findings.push(...measureDurability(folderOf(dataDir)));
    for (const finding of findings) {
      if (json) out.json(finding);
      else out.line(`${finding.verdict.padEnd(7)}  ${finding.check.padEnd(13)}  ${finding.text}`);
    }
    return exitCodes.ok;
  },
});

const ok = (check: string, text: string): Finding => ({ check, verdict: 'ok', text });
const warning = (check: string, text: string): Finding => ({ check, verdict: 'warning', text });
const failed = (check: string, text: string): Finding => ({ check, verdict: 'failed', text });

function checkNode(): Finding {
  const text = `${process.version} on ${process.platform}-${process.arch}`;
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24 ? ok('node', text) : failed('node', `${text}; Plexus needs Node 24`);
}

function checkMemory(): Finding {
  const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
  const text = `${mebibytes(freemem())} of ${mebibytes(totalmem())} MiB free`;
  return totalmem() >= 1024 ** 3 ? ok('memory', text) : warning('memory', text);
}

/** The data folder, or where it would be made. */
function folderOf(dataDir: string): string {
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}

function checkDisk(dataDir: string): Finding[] {
  const folder = folderOf(dataDir);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    return [failed('data folder', `${folder} is not writable`)];
  }
  const { bavail, bsize, type } = statfsSync(folder);
  const gibibytes = (bavail * bsize) / 1024 ** 3;
  const text = `${folder}: ${gibibytes.toFixed(1)} GiB free`;
  const findings = [gibibytes >= 1 ? ok('data folder', text) : warning('data folder', text)];
  const kind = volatileFileSystems.get(type);
  if (kind !== undefined)
    findings.push(warning('file system', `${folder} is ${kind}: a power cut loses what is there`));
  return findings;
}

/** Magic numbers of Linux, statfs(2). */
const volatileFileSystems = new Map([
  [0x01021994, 'in memory (tmpfs)'],
  [0x858458f6, 'in memory (ramfs)'],
  [0x6969, 'a network file system (NFS)'],
]);

function checkKey(dataDir: string, env: NodeJS.ProcessEnv): Finding {
  const file = dataKeyFile(dataDir);
  if (env.PLEXUS_KEY === undefined && !existsSync(file) && !holdsData(dataDir))
    return ok('data key', `not there yet; the first start makes ${file}`);
  try {
    const key = dataKey(dataDir, env);
    if (holdsData(dataDir))
      openDatabase(dataFolder.control(dataDir), { key: key.value, readonly: true }).close();
    if (key.file !== undefined && process.platform !== 'win32' && (statSync(file).mode & 0o77) > 0)
      return warning('data key', `${file} can be read by others: chmod 600 it`);
    return ok('data key', key.file ?? 'env:PLEXUS_KEY');
  } catch (cause) {
    return failed('data key', reasonOf(cause));
  }
}

async function checkPorts(network: Network, dataDir: string): Promise<Finding[]> {
  if (findEngine(dataDir)) return [ok('ports', 'an engine runs on this data folder')];
  const places = [
    { channel: 'http', ...network.http },
    ...configuredPlaces(network).filter(({ enabled, port }) => enabled && port > 0),
  ];
  const taken: Finding[] = [];
  for (const { channel, host, port } of places) {
    const cause = await tryPort(host, port);
    if (cause !== undefined) taken.push(failed('ports', `${channel}: ${host}:${port} ${cause}`));
  }
  return taken.length > 0 ? taken : [ok('ports', `${places.length} configured ports are free`)];
}

function portText({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'is in use by another program';
  if (code === 'EACCES') return 'may not be opened by this user';
  return code === 'EADDRNOTAVAIL' ? 'is no address of this machine' : message;
}

function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(portText(error)));
    server.listen(port, host, () => server.close(() => done(undefined)));
  });
}
