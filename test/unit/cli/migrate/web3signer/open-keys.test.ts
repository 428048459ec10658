import { describe, expect, it } from 'vitest';
import {
  openKeys as openKeysOf,
  type OpenedSource,
} from '../../../../../cli/migrate/web3signer/open-keys.ts';
import type { KeySource } from '../../../../../cli/migrate/web3signer/key-source.ts';
import type { Pubkey } from '../../../../../core/units.ts';
import type { OpenedKeystore } from '../../../../../signer/keys/open-keystore.ts';
import { secretKeyFromBytes, pubkeyOf } from '../../../../../signer/keystore/bls-keys.ts';
import { unlockKeystore } from '../../../../../signer/keystore/eip2335.ts';
import { cheapKeystore } from '../../../signer/keystore/cheap-keystore.ts';
import { tempFolder } from './temp-folder.ts';

async function openKeys(
  sources: readonly KeySource[],
  here: readonly Pubkey[] = [],
): Promise<OpenedSource[]> {
  const opened: OpenedSource[] = [];
  for await (const one of openKeysOf(sources, (pubkey) => Promise.resolve(here.includes(pubkey)))) {
    opened.push(one);
  }
  return opened;
}

/** The key of one that has to have opened. */
function keyOf(opened: OpenedSource | undefined): OpenedKeystore {
  if (opened?.kind !== 'opened') throw new Error(JSON.stringify(opened));
  return opened.key;
}

const raw = (secret: Uint8Array, label = 'raw.yaml') =>
  ({ kind: 'raw', label, file: label, secret }) as const;

async function openWith(passwordText: string, password: 'first-line' | 'whole-file') {
  const { write } = tempFolder();
  const { keystore, pubkey } = await cheapKeystore('correct horse');
  const keystoreFile = write('k.json', keystore);
  const passwordFile = write('p.txt', passwordText);
  const [opened] = await openKeys([{ kind: 'keystore', label: 'k', keystoreFile, passwordFile, password }]);
  if (opened?.kind === 'failed') return opened.message;
  return keyOf(opened).pubkey === pubkey ? 'opened' : 'another key';
}

describe('a raw key', () => {
  it('gets a keystore that its own random password opens, and is overwritten', async () => {
    const secrets = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const pubkeys = secrets.map((secret) => pubkeyOf(secretKeyFromBytes(secret)));
    const keys = (await openKeys(secrets.map((secret) => raw(secret)))).map(keyOf);
    for (const [index, key] of keys.entries()) {
      expect(key.pubkey).toBe(pubkeys[index]);
      expect(key.password).toMatch(/^[0-9a-f]{64}$/);
      expect(pubkeyOf(await unlockKeystore(key.keystore, key.password))).toBe(pubkeys[index]);
    }
    expect(keys[0]!.password).not.toBe(keys[1]!.password);
    expect(secrets).toEqual([new Uint8Array(32), new Uint8Array(32)]);
  });

  it.each([
    ['zero', new Uint8Array(32)],
    ['beyond the curve order', new Uint8Array(32).fill(0xff)],
  ])('of %s fails by itself', async (_, secret) => {
    const [bad, good] = await openKeys([raw(secret), raw(new Uint8Array(32).fill(1))]);
    expect(bad).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('KEYSTORE_BAD_SECRET') as string,
    });
    expect(good!.kind).toBe('opened');
  });
});

describe('the password file', () => {
  it.each([
    ['correct horse', 'first-line'],
    ['correct horse\nremark\n', 'first-line'],
    ['correct horse\r\n', 'first-line'],
    ['correct horse', 'whole-file'],
    ['correct\n horse\n\n', 'whole-file'],
  ] as const)('%j read as %s opens it', async (text, how) => {
    expect(await openWith(text, how)).toBe('opened');
  });

  it.each([
    ['\ncorrect horse\n', 'first-line', 'KEYSTORE_BAD_PASSWORD'],
    ['', 'first-line', 'KEYSTORE_BAD_PASSWORD'],
    ['correct horse\nremark\n', 'whole-file', 'KEYSTORE_WRONG_PASSWORD'],
    ['wrong', 'first-line', 'KEYSTORE_WRONG_PASSWORD'],
  ] as const)('%j read as %s does not: %s', async (text, how, code) => {
    expect(await openWith(text, how)).toContain(code);
  });
});

it('keeps the order of the sources, whichever is open first', async () => {
  const { write } = tempFolder();
  const { keystore } = await cheapKeystore('pw');
  const passwordFile = write('p.txt', 'pw');
  const cheap = { kind: 'keystore', keystoreFile: write('k.json', keystore), passwordFile } as const;
  // A raw key is sealed, which takes longer than opening this keystore.
  const sources = [3, 4, 5].flatMap((n) => [
    raw(new Uint8Array(32).fill(n), `${n}`),
    { ...cheap, label: `${n} cheap`, password: 'whole-file' as const },
  ]);
  const opened = await openKeys(sources);
  expect(opened.map(({ label }) => label)).toEqual(sources.map(({ label }) => label));
});

it('opens none that is here already, and overwrites it all the same', async () => {
  const { write } = tempFolder();
  const { keystore, pubkey } = await cheapKeystore('pw');
  const secret = new Uint8Array(32).fill(8);
  const rawPubkey = pubkeyOf(secretKeyFromBytes(secret));
  const keystoreFile = write('k.json', keystore);
  const named = { kind: 'keystore', label: 'k', keystoreFile, passwordFile: 'not there' } as const;
  const opened = await openKeys(
    [{ ...named, password: 'whole-file' }, raw(secret, 'r')],
    [pubkey, rawPubkey],
  );
  expect(opened).toEqual([
    { label: 'k', kind: 'here', pubkey },
    { label: 'r', kind: 'here', pubkey: rawPubkey },
  ]);
  expect(secret).toEqual(new Uint8Array(32));
});
