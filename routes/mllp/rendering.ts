import {
  type CheckContext,
  type ConfigIssue,
  type Delivery,
  type Issue,
  PlexusError,
  suggestion,
} from '../../engine/index.ts';
import { peekHeader } from '../../transforms/hl7v2/index.ts';
import {
  loadMapping,
  mappingNames,
  type Rendered,
  type Resource,
  renderMessage,
  renderOf,
} from '../../transforms/mapping/index.ts';
import type { RenderOptions } from './options.ts';

/** `nothing`: all that the message did is left out, and `issues` say so. */
export type Made = Rendered | { readonly kind: 'nothing'; readonly issues: readonly Issue[] };

/** Makes the bytes that go out of a delivery: what came, or what its resources are rendered as. */
export function madeBy(
  options: RenderOptions | undefined,
  configDir: string | undefined,
): (delivery: Delivery) => Made {
  if (!options) return (delivery) => ({ kind: 'rendered', bytes: delivery.raw(), issues: [] });
  const loaded = loadMapping(configDir ?? '', options.mapping);
  if (!loaded.merged) {
    const text = `mapping ${options.mapping} has ${loaded.issues.length} mistakes`;
    throw new PlexusError('mapping-invalid', text);
  }
  const mapping = renderOf(loaded);
  return (delivery) => {
    const lines = delivery.resources();
    const there = lines.filter(({ deleted }) => !deleted);
    const untold = there.length < lines.length ? [untoldBy(options)] : [];
    if (untold.length > 0 && options.deletions === 'hold') return { kind: 'held', issues: untold };
    if (untold.length > 0 && there.length === 0) return { kind: 'nothing', issues: untold };
    const rendered = renderMessage(mapping, {
      resources: there.map(({ json }) => JSON.parse(json) as Resource),
      message: options.message,
      sender: { application: options.sending_application, facility: options.sending_facility },
      receiver: {
        application: options.receiving_application,
        facility: options.receiving_facility,
      },
      version: options.version,
      charset: options.charset,
      processingId: options.processing_id,
      controlId: controlIdOf(delivery),
      time: new Date(Math.floor(delivery.receivedUs / 1000)).toISOString().replace(/\.\d+/, ''),
      ...answeredBy(delivery),
    });
    return { ...rendered, issues: [...untold, ...rendered.issues] };
  };
}

function untoldBy({ deletions, message }: RenderOptions): Issue {
  const diagnostics =
    `The message deleted resources, which ${message} as rendered cannot tell: the receiver ` +
    'still has them.';
  return {
    severity: deletions === 'hold' ? 'error' : 'warning',
    code: 'deletion-not-rendered',
    diagnostics,
  };
}

/** The same at each try, and another one when a replay has made the resources anew. */
const controlIdOf = ({ id, generation }: Delivery): string =>
  generation === 0 ? String(id) : `${id}.${generation}`;

function answeredBy(delivery: Delivery): { answered?: string } {
  const controlId = peekHeader(delivery.raw())?.controlId;
  return controlId ? { answered: controlId } : {};
}

/** Does the mapping exist, is it without a mistake, and does it render such a message? */
export function checkRendering(
  options: RenderOptions | undefined,
  context: CheckContext,
): readonly ConfigIssue[] {
  if (!options) return [];
  const { configDir } = context;
  const names = ['base', ...mappingNames(configDir)];
  const mistake = (key: string, code: string, message: string): ConfigIssue[] => [
    { ...context.at(['render', key]), severity: 'error', code, message },
  ];
  if (!names.includes(options.mapping)) {
    const hint = suggestion(options.mapping, names);
    return mistake(
      'mapping',
      'mapping-unknown',
      `no mapping is called \`${options.mapping}\`; ${hint}`,
    );
  }
  const loaded = loadMapping(configDir, options.mapping);
  if (!loaded.merged) return loaded.issues;
  const known = [...loaded.merged.renderMessages.keys()];
  if (known.includes(options.message)) return [];
  const hint = suggestion(options.message, known);
  const message = `the mapping renders no message \`${options.message}\`; ${hint}`;
  return mistake('message', 'render-message', message);
}
