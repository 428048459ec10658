import { join } from 'node:path';

/** The slashing database in a data directory. */
export const databasePath = (dataDir: string): string => join(dataDir, 'slashing-protection.sqlite');
