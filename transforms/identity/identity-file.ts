import { join } from 'node:path';

/** The one store of persons, records and decisions. */
export const identityFile = (dataDir: string): string => join(dataDir, 'identity.db');
