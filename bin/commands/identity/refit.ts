import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dataKey, exitCodes, PlexusError, reasonOf } from '../../../engine/index.ts';
import { refit, requireGoverned } from '../../../transforms/identity/index.ts';
import { UsageError } from '../../command.ts';
import { requireData } from '../../data.ts';
import type { StewardCall } from './options.ts';

/** Some 400 MB of memory; frequencies and levels are known well from far fewer. */
const recordsMax = 200_000;

/** `identity refit --name NAME`. Only reads the data; a model that is there stays as it is. */
export async function identityRefit(call: StewardCall): Promise<number> {
  const { configDir, dataDir, env, json, out } = call;
  const { name, seed = '1' } = call.options;
  if (name === undefined) throw new UsageError('how is the model called? --name NAME');
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name) || name === 'base')
    throw new UsageError('a model is called by small letters, digits and dashes, and not `base`');
  if (!/^\d{1,9}$/.test(seed)) throw new UsageError('--seed takes a whole number');
  requireData(dataDir);
  const governed = requireGoverned(configDir);
  const key = dataKey(dataDir, env).value;
  const fitted = refit({ dataDir, key, governed, seed: Number(seed), recordsMax });
  if (fitted === undefined)
    throw new PlexusError('identity-no-data', 'nobody has been identified here yet', {
      exit: exitCodes.io,
    });
  const { model, ...counts } = fitted;
  const file = join(configDir, 'identity', 'models', `${name}.json`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(model, undefined, 2)}\n`, { flag: 'wx' });
  } catch (cause) {
    const message = `cannot write ${file}: ${reasonOf(cause)}`;
    throw new PlexusError('identity-model-unwritable', message, { exit: exitCodes.io, cause });
  }
  if (json) out.json({ file, hash: model.hash, ...counts, calibration: model.calibration });
  else {
    out.line(`${file}  ${model.hash}`);
    out.line(
      `${counts.records} records; judged the same ${counts.same}, different ${counts.different}`,
    );
    const { judged, different, expected } = counts.audit;
    if (judged > 0)
      out.line(
        `${judged} blind samples, kept aside: ${different} were two persons, ` +
          `and the model expects ${expected.toFixed(1)}`,
      );
    if (!counts.isCalibrated) out.say('too few judgements to calibrate by: the curve is as before');
    out.say('it governs nothing until a signed policy pins it; try it as a shadow first');
  }
  return exitCodes.ok;
}
