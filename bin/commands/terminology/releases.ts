import { exitCodes } from '../../../engine/index.ts';
import type {
  Release,
  ReleaseInfo,
  TerminologyStore,
} from '../../../transforms/terminology/index.ts';
import { UsageError } from '../../command.ts';
import { isoTime } from '../../message-rows.ts';
import { readTerminologyStore, releaseMissing, releaseOf } from '../../terminology/store.ts';
import type { TerminologyCall } from './options.ts';

const named = ({ url, version }: Release): string => `${url}|${version}`;

export function kindsOf(store: TerminologyStore | undefined, release: Release) {
  const kinds = store?.kindsOf(release.url, release.version) ?? [];
  if (kinds.length === 0) throw releaseMissing(`release ${named(release)}`);
  return kinds;
}

/** `terminology export URL|VERSION`. */
export async function terminologyExport(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  const [word, ...more] = rest;
  if (more.length > 0) throw new UsageError('export takes one release: URL|VERSION');
  const release = releaseOf(word, 'export which URL|VERSION?');
  using store = readTerminologyStore(call);
  const { url, version } = release;
  for (const kind of kindsOf(store, release)) {
    const { licence, approvedBy, commit } = store!.find(kind, url, version) as ReleaseInfo;
    call.out.line([...store!.export(kind, url, version)].join(''));
    if (approvedBy !== undefined)
      call.out.say(`approved by ${approvedBy}${commit === undefined ? '' : ` from ${commit}`}`);
    call.out.say(licence === undefined ? 'no licence is kept with it' : `licence: ${licence}`);
  }
  return exitCodes.ok;
}

/** `terminology ls`. */
export async function terminologyList(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  if (rest.length > 0) throw new UsageError(`\`ls\` takes no \`${rest[0]}\``);
  using store = readTerminologyStore(call);
  for (const info of store?.list() ?? []) {
    const { kind, state, count, approvedBy, publishedUs } = info;
    if (call.json) {
      const { url: _, version: __, licence, publishedUs: ___, retiredUs, ...other } = info;
      const times = {
        ...(publishedUs === undefined ? {} : { published: isoTime(publishedUs) }),
        ...(retiredUs === undefined ? {} : { retired: isoTime(retiredUs) }),
      };
      call.out.json({ release: named(info), ...other, ...times, licensed: licence !== undefined });
    } else {
      const when = publishedUs === undefined ? '' : isoTime(publishedUs);
      call.out.line([state, kind, named(info), count, approvedBy ?? '', when].join(' ').trimEnd());
    }
  }
  return exitCodes.ok;
}

/** `terminology verify`: exit 1 when a published release is not what was published. */
export async function terminologyVerify(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  if (rest.length > 0) throw new UsageError(`\`verify\` takes no \`${rest[0]}\``);
  using store = readTerminologyStore(call);
  const { releases, damaged } = store?.verify() ?? { releases: 0, damaged: [] };
  for (const { kind, part, ...release } of damaged) {
    if (call.json) call.out.json({ release: named(release), kind, part });
    else call.out.line(`changed ${kind} ${named(release)}: its ${part}`);
  }
  const all = releases === 1 ? '1 published release' : `${releases} published releases`;
  call.out.say(`${all}, ${damaged.length} not what was published`);
  return damaged.length > 0 ? exitCodes.findings : exitCodes.ok;
}
