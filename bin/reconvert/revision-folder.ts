import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { exitCodes, PlexusError } from '../../engine/index.ts';
import { ownBaseDir } from '../../transforms/mapping/index.ts';

/** A configuration as a git revision had it, in a folder of its own. */
export type RevisionFolder = {
  readonly configDir: string;
  /** The shared base of the mappings at that revision, where the repository has it. */
  readonly baseDir: string | undefined;
  remove(): void;
};

/**
 * Writes the configuration (and the base rules, when they are in the same repository) as a revision
 * had them to a temporary folder; neither the working tree nor the index of git is touched. Throws
 * `revision-unknown` when there is no repository, no such revision, or no configuration in it.
 */
export function checkOut(configDir: string, revision: string): RevisionFolder {
  const top = git(configDir, ['rev-parse', '--show-toplevel'])?.trim();
  const commit =
    top &&
    git(configDir, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    ]);
  if (!top || !commit) throw unknown(`git knows no revision \`${revision}\` of ${configDir}`);
  const folder = mkdtempSync(join(tmpdir(), 'plexus-revision-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const config = relative(realpathSync(top), realpathSync(configDir));
  const base = relative(realpathSync(top), realpathSync(ownBaseDir));
  const write = (path: string): boolean =>
    git(top, [`--work-tree=${folder}`, 'checkout', commit.trim(), '--', path || '.'], {
      GIT_INDEX_FILE: join(folder, '.index'),
    }) !== undefined;
  try {
    if (!write(config)) throw unknown(`${revision} has no ${config}`);
    const hasBase = !base.startsWith('..') && write(base) && existsSync(join(folder, base));
    const baseDir = hasBase ? join(folder, base) : undefined;
    return { configDir: join(folder, config), baseDir, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function unknown(message: string): PlexusError {
  return new PlexusError('revision-unknown', message, { exit: exitCodes.usage });
}

/** Standard output; undefined when git is not there or refuses. */
function git(folder: string, args: readonly string[], env = {}): string | undefined {
  const { status, stdout } = spawnSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return status === 0 ? stdout : undefined;
}
