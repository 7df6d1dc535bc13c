import {
  type Gate,
  hold,
  type Issue,
  PlexusError,
  pass,
  type Stage,
  type StageContext,
  type Work,
} from '../../../engine/index.ts';
import type { Conversion } from '../../fhir/index.ts';
import type { ValidateConfig } from '../pinned-profiles.ts';
import { openGate } from './open-gate.ts';

/** The stage `validate` at work: it sends the gate along with every message. */
export function validating(
  config: ValidateConfig,
  { configDir, dataDir, key }: StageContext,
): Stage {
  let gate: Gate | undefined;
  const stage: Stage<Conversion, Conversion> = {
    name: 'validate',
    run({ body }: Work<Conversion>) {
      try {
        // Definitions are large: they are read when the first message comes.
        gate ??= openGate({ configDir, dataDir, key }, config);
      } catch (cause) {
        if (!(cause instanceof PlexusError)) throw cause;
        return hold([issueOf(cause)]);
      }
      return pass({ ...body, gate });
    },
    close() {
      gate?.close();
      gate = undefined;
    },
  };
  return stage as Stage;
}

const issueOf = ({ code, message }: PlexusError): Issue => ({
  severity: 'fatal',
  code,
  diagnostics: message,
});
