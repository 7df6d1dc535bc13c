import manifest from '../package.json' with { type: 'json' };

/** The version that metrics, log and console name: that of package.json and of nothing else. */
export const version: string = manifest.version;
