import { describe, expect, it } from 'vitest';
import { openKeys } from '../../../../../cli/migrate/web3signer/open-keys.ts';
import { secretKeyFromBytes, pubkeyOf } from '../../../../../signer/keystore/bls-keys.ts';
import { unlockKeystore } from '../../../../../signer/keystore/eip2335.ts';
import { cheapKeystore } from '../../../signer/keystore/cheap-keystore.ts';
import { tempFolder } from './temp-folder.ts';

const ignore = () => undefined;

const raw = (secret: Uint8Array, label = 'raw.yaml') =>
  ({ kind: 'raw', label, file: label, secret }) as const;

async function openWith(passwordText: string, password: 'first-line' | 'whole-file') {
  const { write } = tempFolder();
  const { keystore, pubkey } = await cheapKeystore('correct horse');
  const keystoreFile = write('k.json', keystore);
  const passwordFile = write('p.txt', passwordText);
  const [opened] = await openKeys(
    [{ kind: 'keystore', label: 'k', keystoreFile, passwordFile, password }],
    ignore,
  );
  return opened?.key?.pubkey === pubkey ? 'opened' : opened?.message;
}

describe('a raw key', () => {
  it('gets a keystore that its own random password opens, and is overwritten', async () => {
    const secrets = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const pubkeys = secrets.map((secret) => pubkeyOf(secretKeyFromBytes(secret)));
    const opened = await openKeys(
      secrets.map((secret) => raw(secret)),
      ignore,
    );
    for (const [index, { key }] of opened.entries()) {
      expect(key!.pubkey).toBe(pubkeys[index]);
      expect(key!.password).toMatch(/^[0-9a-f]{64}$/);
      expect(pubkeyOf(await unlockKeystore(key!.keystore, key!.password))).toBe(pubkeys[index]);
    }
    expect(opened[0]!.key!.password).not.toBe(opened[1]!.key!.password);
    expect(secrets).toEqual([new Uint8Array(32), new Uint8Array(32)]);
  });

  it.each([
    ['zero', new Uint8Array(32)],
    ['beyond the curve order', new Uint8Array(32).fill(0xff)],
  ])('of %s fails by itself', async (_, secret) => {
    const [bad, good] = await openKeys([raw(secret), raw(new Uint8Array(32).fill(1))], ignore);
    expect(bad).toMatchObject({
      key: null,
      message: expect.stringContaining('KEYSTORE_BAD_SECRET') as string,
    });
    expect(good!.key).not.toBeNull();
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

it('keeps the order of the sources and counts as they are done', async () => {
  const sources = [3, 4, 5, 6, 7].map((n) => raw(new Uint8Array(32).fill(n), `${n}`));
  const done: number[] = [];
  const opened = await openKeys(sources, (count) => done.push(count));
  expect(opened.map(({ label }) => label)).toEqual(['3', '4', '5', '6', '7']);
  expect(done).toEqual([1, 2, 3, 4, 5]);
});
