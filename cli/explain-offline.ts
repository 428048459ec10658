import { existsSync } from 'node:fs';
import { SlotClock } from '../core/chain/slot-clock.ts';
import type { Pubkey } from '../core/units.ts';
import { databasePath } from '../signer/data-directory.ts';
import { explainKey, type Explanation } from '../signer/explain/explanation.ts';
import { keySections } from '../signer/explain/key-sections.ts';
import { KeyDirectory } from '../signer/keystore/key-directory.ts';
import { loadPolicy } from '../signer/policy/policy-store.ts';
import { rulesOfKey } from '../signer/policy/rules-of-key.ts';
import {
  NO_PROTECTION,
  readDatabaseStatus,
  readServerStatus,
  type DatabaseStatus,
  type KeyStatus,
} from '../slashing-db/index.ts';
import { chainSpecOf, type CommandContext } from './command-context.ts';
import { readJudgedAccess } from './read-judged-access.ts';
import { serverPlace } from './database/server-place.ts';
import { requireDataDirectory } from './database/require-database.ts';

/**
 * What the files say of a key, read-only: the slashing database, the keystores, the policy, the access file. What only a running signer
 * knows (silence, clock, validator index) is left open.
 * @throws NOT_INITIALISED, POLICY_FILE_INVALID, ACCESS_FILE_*, and what reading the database throws
 */
export async function explainOffline(context: CommandContext, pubkey: Pubkey): Promise<Explanation> {
  const { settings } = context;
  const dataDir = settings['data-dir'];
  requireDataDirectory(dataDir);
  const spec = await chainSpecOf(context);
  const path = databasePath(dataDir);
  const place = serverPlace(settings);
  const local = existsSync(path) ? readDatabaseStatus(path) : null;
  const database = place === null ? local : await readServerStatus(place);
  const stored = await new KeyDirectory(dataDir).has(pubkey);
  const policy = loadPolicy({ file: settings['policy-file'], allow: settings.allow });
  const file = settings['access-file'];
  const access = file === null ? null : await readJudgedAccess(file);
  const sections = keySections({
    spec,
    clock: new SlotClock(spec, Date.now),
    statusOf: (key) => statusIn(database, key),
    protection: () => database?.protection ?? NO_PROTECTION,
    onMissingHistory: settings['on-missing-history'],
    presence: () => (stored ? 'stored' : 'missing'),
    unavailable: () => null,
    silenced: () => null,
    clockDoubt: () => null,
    rulesOf: (key) => rulesOfKey(policy, key),
    indexOf: () => null,
    accessPolicy: () => access,
  });
  return explainKey(pubkey, 'files', sections);
}

function statusIn(database: Pick<DatabaseStatus, 'keys' | 'controls'> | null, pubkey: Pubkey): KeyStatus {
  const key = database?.keys.find((one) => one.pubkey === pubkey);
  const control = database?.controls.get(pubkey) ?? NO_CONTROL;
  if (key === undefined) {
    return { pubkey, state: 'unknown', block: null, attestation: null, signedTarget: null, ...control };
  }
  return { ...key, state: key.state === 'known' ? 'unknown' : key.state, ...control };
}

const NO_CONTROL = { frozen: null, outEpoch: null, inEpoch: null, sourceOverride: null } as const;
