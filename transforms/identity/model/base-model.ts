import { checkModel, type IdentityModel } from './artefact.ts';
import shipped from './base-model.json' with { type: 'json' };

let checked: IdentityModel | undefined;

/** The model that is shipped: for networks and files that are too small to fit their own. */
export function baseModel(): IdentityModel {
  checked ??= checkModel(shipped);
  return checked;
}
