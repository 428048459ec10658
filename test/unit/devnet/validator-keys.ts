import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretKey } from '@chainsafe/blst';
import { onTestFinished } from 'vitest';
import { pubkeyOf } from '../../../signer/keystore/bls-keys.ts';
import { sealSecret } from '../../../signer/keystore/cipher.ts';
import { PASSWORD } from '../../support/signer-fixture.ts';
import { putKey } from '../../support/signer-key-files.ts';
import { CHEAP_KDF } from '../signer/keystore/cheap-keystore.ts';

/** A data directory with the keystores of a few validators, for a signer that does their duties. */
export async function validatorKeys(count: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-duties-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const secrets: SecretKey[] = [];
  for (let index = 0; index < count; index += 1) {
    const secret = SecretKey.fromKeygen(Buffer.alloc(32, `validator ${index}`));
    const pubkey = pubkeyOf(secret);
    const crypto = await sealSecret(secret.toBytes(), PASSWORD, CHEAP_KDF);
    const uuid = `00000000-0000-4000-8000-${index.toString().padStart(12, '0')}`;
    const keystore = { crypto, pubkey: pubkey.slice(2), path: '', uuid, version: 4 };
    await putKey(dataDir, pubkey, JSON.stringify(keystore), PASSWORD);
    secrets.push(secret);
  }
  const pubkey = (index: number) => (secrets[index] === undefined ? undefined : pubkeyOf(secrets[index]));
  return { dataDir, secrets, pubkey };
}
