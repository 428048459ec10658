import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { sealSecret } from '../../../../signer/keystore/cipher.ts';
import { CHEAP_KDF } from '../keystore/cheap-keystore.ts';
import { failureOf } from '../keystore/failure.ts';
import { folderFor, load, newKey, put } from './tool-folders.ts';

describe('Lighthouse', () => {
  /** `voting_keystore_path` and the like as Lighthouse writes them, with what an operator may have made of them. */
  async function lighthouse() {
    const folder = folderFor();
    const keys = await Promise.all(
      ['one', 'two', 'three', 'off', 'remote'].map((name) => newKey(`${name}-pw`)),
    );
    const [one, two, three, off, remote] = keys as [
      (typeof keys)[0],
      (typeof keys)[0],
      (typeof keys)[0],
      (typeof keys)[0],
      (typeof keys)[0],
    ];
    const validators = join(folder, 'validators');
    for (const { pubkey, text } of [one, three, off])
      put(join(validators, pubkey, 'voting-keystore.json'), text);
    put(join(validators, two.pubkey, 'keystore-m_12381_3600_0_0_0-1.json'), two.text);
    put(join(folder, 'secrets', one.pubkey), 'one-pw');
    put(join(folder, 'elsewhere'), 'three-pw\n');
    put(
      join(validators, 'validator_definitions.yml'),
      `---
- enabled: true
  voting_public_key: "${one.pubkey}"
  description: ""
  type: local_keystore
  voting_keystore_path: /root/.lighthouse/mainnet/validators/${one.pubkey}/voting-keystore.json
  voting_keystore_password_path: /root/.lighthouse/mainnet/secrets/${one.pubkey}
- enabled: true
  voting_public_key: "${two.pubkey.toUpperCase().replace('0X', '0x')}"
  suggested_fee_recipient: "0x6cc8dcbca744a6e4ffedb98e1d0df903b10abd21"
  gas_limit: 36000000
  type: local_keystore
  voting_keystore_path: ${join(validators, two.pubkey, 'keystore-m_12381_3600_0_0_0-1.json')}
  voting_keystore_password: two-pw
- enabled: true
  voting_public_key: "${three.pubkey}"
  type: local_keystore
  voting_keystore_path: ${join(validators, three.pubkey, 'voting-keystore.json')}
  voting_keystore_password_path: ${join(folder, 'elsewhere')}
- enabled: false
  voting_public_key: "${off.pubkey}"
  type: local_keystore
  voting_keystore_path: ${join(validators, off.pubkey, 'voting-keystore.json')}
- enabled: true
  voting_public_key: "${remote.pubkey}"
  type: web3signer
  url: http://localhost:9000
`,
    );
    return { folder, one, two, three, off };
  }

  it('gives the enabled local keys, whatever machine their paths are of', async () => {
    const { folder, one, two, three } = await lighthouse();
    const { pubkeys, failed } = await load(folder, '  - {type: lighthouse, path: validators}');
    expect(failed).toEqual([]);
    expect(pubkeys).toEqual([one.pubkey, two.pubkey, three.pubkey].sort());
  });

  it.each(['null', '~', ''])('takes a password that is %j for none, but not one in quotes', async (none) => {
    const folder = folderFor();
    const [one, two] = [await newKey('one-pw'), await newKey('null')];
    const validators = join(folder, 'validators');
    for (const { pubkey, text } of [one, two]) put(join(validators, pubkey, 'voting-keystore.json'), text);
    put(join(folder, 'secrets', one.pubkey), 'one-pw');
    const define = (pubkey: string, password: string) =>
      `- enabled: true\n  voting_public_key: "${pubkey}"\n  type: local_keystore\n  voting_keystore_path: ~\n  voting_keystore_password: ${password}\n`;
    put(
      join(validators, 'validator_definitions.yml'),
      define(one.pubkey, none) + define(two.pubkey, '"null"'),
    );
    const { pubkeys, failed } = await load(folder, '  - {type: lighthouse, path: validators}');
    expect(failed).toEqual([]);
    expect(pubkeys).toEqual([one.pubkey, two.pubkey].sort());
  });

  it('tells of definitions that define nothing', async () => {
    const folder = folderFor();
    put(join(folder, 'validators', 'validator_definitions.yml'), '---\n[]\n');
    await expect(load(folder, '  - {type: lighthouse, path: validators}')).rejects.toMatchObject({
      message: expect.stringContaining('validator_definitions.yml') as string,
    });
  });

  it('gives all folders with a password when there are no definitions', async () => {
    const { folder, one, three, off } = await lighthouse();
    rmSync(join(folder, 'validators', 'validator_definitions.yml'));
    rmSync(join(folder, 'validators', off.pubkey), { recursive: true });
    const { pubkeys, failed } = await load(folder, '  - {type: lighthouse, path: validators}');
    expect(pubkeys).toEqual([one.pubkey]);
    expect(failed.some((line) => line.includes(three.pubkey))).toBe(true);
  });

  it('gives an imported keystore under the name that it came with, where there are no definitions', async () => {
    const folder = folderFor();
    const { pubkey, text } = await newKey('pw');
    put(join(folder, 'validators', pubkey, 'keystore-m_12381_3600_4_0_0-1760000000.json'), text);
    put(join(folder, 'secrets', pubkey), 'pw');
    expect(await load(folder, '  - {type: lighthouse, path: validators}')).toEqual({
      pubkeys: [pubkey],
      failed: [],
    });
  });

  it('does not swap a definition for another key, nor quote a broken file', async () => {
    const { folder, one, two } = await lighthouse();
    put(join(folder, 'validators', one.pubkey, 'voting-keystore.json'), two.text);
    put(join(folder, 'secrets', one.pubkey), 'two-pw');
    const { failed } = await load(folder, '  - {type: lighthouse, path: validators}');
    expect(failed).toEqual([expect.stringMatching(/^KEYSTORE_PUBKEY_MISMATCH/) as string]);
    put(join(folder, 'validators', 'validator_definitions.yml'), '- voting_keystore_password: "geheim\n');
    const error = await failureOf(() => load(folder, '  - {type: lighthouse, path: validators}'));
    expect([error.code, error.message]).toEqual([
      'KEY_SOURCE_ANSWER',
      expect.not.stringContaining('geheim') as string,
    ]);
  });
});

describe('Lodestar and Nimbus', () => {
  it.each([
    ['lodestar', 'keystores', 'voting-keystore.json'],
    ['nimbus', 'validators', 'keystore.json'],
  ])(
    '%s: one folder a key, its password beside; one that is broken keeps no other back',
    async (type, place, name) => {
      const folder = folderFor();
      const [good, bad] = [await newKey('pw'), await newKey('pw')];
      for (const { pubkey, text } of [good, bad]) {
        put(join(folder, place, pubkey, name), text, 0o400);
        put(join(folder, 'secrets', pubkey), pubkey === good.pubkey ? 'pw' : 'other', 0o400);
      }
      put(join(folder, place, 'slashing_protection', 'db'), '');
      const { pubkeys, failed } = await load(folder, `  - {type: ${type}, path: ${place}}`);
      expect(pubkeys).toEqual([good.pubkey]);
      expect(failed).toEqual([`KEYSTORE_WRONG_PASSWORD ${place}/${bad.pubkey}/${name}`]);
    },
  );
});

describe('Teku', () => {
  it('pairs NAME.json with NAME.txt, in one folder or two, sub-folders alike', async () => {
    const folder = folderFor();
    const keys = [await newKey('a'), await newKey('b')];
    put(join(folder, 'keys', 'x.json'), keys[0]!.text);
    put(join(folder, 'keys', 'deeper', 'y.json'), keys[1]!.text);
    put(join(folder, 'keys', 'deposit_data-1.json'), '[{}]');
    put(join(folder, 'pass', 'x.txt'), 'a\n');
    put(join(folder, 'pass', 'deeper', 'y.txt'), 'b');
    const yaml = '  - {type: teku, path: keys, passwords: pass}';
    expect(await load(folder, yaml)).toEqual({
      pubkeys: keys.map(({ pubkey }) => pubkey).sort(),
      failed: [],
    });
    put(join(folder, 'keys', 'x.txt'), 'a');
    const { pubkeys, failed } = await load(folder, '  - {type: teku, path: keys}');
    expect([pubkeys, failed]).toEqual([[keys[0]!.pubkey], ['KEY_FILE_MISSING keys/deeper/y.json']]);
  });
});

describe('Teku, one file', () => {
  it.each(['{type: teku, path: a/x.json}', '{type: teku, path: a/x.json, passwords: a/x.txt}'])(
    'with its password: %s',
    async (yaml) => {
      const folder = folderFor();
      const { pubkey, text } = await newKey('a');
      put(join(folder, 'a', 'x.json'), text);
      put(join(folder, 'a', 'x.txt'), 'a');
      expect(await load(folder, `  - ${yaml}`)).toEqual({ pubkeys: [pubkey], failed: [] });
    },
  );
});

describe('the deposit tools', () => {
  it('have one password for all keystores beside their deposit data', async () => {
    const folder = folderFor();
    const keys = [await newKey('shared'), await newKey('shared')];
    keys.forEach(({ text }, index) => {
      put(join(folder, 'validator_keys', `keystore-m_12381_3600_${index}_0_0-1760000000.json`), text, 0o440);
    });
    put(join(folder, 'validator_keys', 'deposit_data-1760000000.json'), '[{"pubkey":"aa"}]');
    put(join(folder, 'password.txt'), 'shared\n');
    const yaml = '  - {type: deposit-cli, path: validator_keys, password-file: password.txt}';
    expect(await load(folder, yaml)).toEqual({
      pubkeys: keys.map(({ pubkey }) => pubkey).sort(),
      failed: [],
    });
  });
});

describe('Prysm', () => {
  async function wallet(
    change: (lists: { private_keys: string[]; public_keys: string[] }) => void = () => undefined,
    kind = 'direct',
    password = 'wallet',
  ) {
    const folder = folderFor();
    const keys = Array.from({ length: 3 }, generateSecretKey);
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    const lists = {
      private_keys: keys.map((key) => base64(key.toBytes())),
      public_keys: keys.map((key) => base64(key.toPublicKey().toBytes())),
    };
    change(lists);
    const secret = Buffer.from(JSON.stringify(lists));
    const file = {
      crypto: await sealSecret(secret, password, CHEAP_KDF),
      uuid: randomUUID(),
      version: 4,
      name: 'keystore',
    };
    put(join(folder, kind, 'accounts', 'all-accounts.keystore.json'), JSON.stringify(file));
    put(join(folder, 'wallet-password.txt'), `${password}\n`);
    return { folder, pubkeys: keys.map(pubkeyOf) };
  }
  const yaml = '  - {type: prysm, path: ., password-file: wallet-password.txt}';

  it('has all keys in one keystore', async () => {
    const { folder, pubkeys } = await wallet();
    expect(await load(folder, yaml)).toEqual({ pubkeys: [...pubkeys].sort(), failed: [] });
    expect((await load(folder, yaml, pubkeys.slice(1))).pubkeys).toEqual([pubkeys[0]]);
  });

  it('has derived keys in a folder of that name', async () => {
    const { folder, pubkeys } = await wallet(() => undefined, 'derived');
    put(join(folder, 'derived', 'keymanageropts.json'), '{"direct_eip_version":"EIP-2335"}');
    expect(await load(folder, yaml)).toEqual({ pubkeys: [...pubkeys].sort(), failed: [] });
  });

  it.each(['ends in a space ', ' begins with one', '\ufeffbyte-order mark'])(
    'has a password of which only the line end does not count: %j',
    async (password) => {
      const { folder, pubkeys } = await wallet(() => undefined, 'direct', password);
      expect(await load(folder, yaml)).toEqual({ pubkeys: [...pubkeys].sort(), failed: [] });
      put(join(folder, 'wallet-password.txt'), `${password}\r\n`);
      expect((await load(folder, yaml)).pubkeys).toHaveLength(3);
    },
  );

  it('leaves a key out that is none, or that stands beside the public key of another', async () => {
    const { folder, pubkeys } = await wallet((lists) => {
      lists.private_keys[0] = randomBytes(5).toString('base64');
      lists.public_keys[1] = lists.public_keys[2]!;
    });
    const all = 'direct/accounts/all-accounts.keystore.json';
    expect(await load(folder, yaml)).toEqual({
      pubkeys: [pubkeys[2]],
      failed: [`KEYSTORE_BAD_SECRET ${all}#1`, `KEYSTORE_PUBKEY_MISMATCH ${all}#2`],
    });
  });

  it('says of a wrong password or another content that it is, and not what it is', async () => {
    const { folder } = await wallet();
    put(join(folder, 'wallet-password.txt'), 'wrong');
    expect((await failureOf(() => load(folder, yaml))).code).toBe('KEYSTORE_WRONG_PASSWORD');
    const other = await wallet((lists) => Object.assign(lists, { private_keys: 'geheim' }));
    const error = await failureOf(() => load(other.folder, yaml));
    expect(error.code).toBe('KEY_SOURCE_ANSWER');
    expect(`${error.message}${String(error.cause)}`).not.toContain('geheim');
  });
});

describe('a raw file', () => {
  it('has a key a line; others must not be able to read it', async () => {
    const folder = folderFor();
    const keys = Array.from({ length: 2 }, generateSecretKey);
    const lines = keys.map((key, index) => `${index === 0 ? '0x' : ''}${key.toHex().replace(/^0x/, '')}`);
    put(join(folder, 'raw.txt'), `# devnet\n${lines.join('\n')}\nnonsense\n`);
    const yaml = '  - {type: raw-hex, file: raw.txt}';
    expect(await load(folder, yaml)).toEqual({
      pubkeys: keys.map(pubkeyOf).sort(),
      failed: ['KEY_SOURCE_ANSWER raw.txt:4'],
    });
    chmodSync(join(folder, 'raw.txt'), 0o644);
    expect((await failureOf(() => load(folder, yaml))).code).toBe('KEY_FILE_EXPOSED');
  });

  it('may be larger than any single keystore', async () => {
    const folder = folderFor();
    const key = generateSecretKey();
    const comments = `# ${'-'.repeat(98)}\n`.repeat(20_000);
    put(join(folder, 'raw.txt'), comments + key.toHex());
    const yaml = '  - {type: raw-hex, file: raw.txt}';
    expect(await load(folder, yaml)).toEqual({ pubkeys: [pubkeyOf(key)], failed: [] });
  });
});

describe('a file of key sources', () => {
  it.each([
    ['  - {type: lighthous, path: x}', /sources\.0/],
    ['  - {type: lighthouse, paths: x}', /sources\.0/],
    ['  - {type: raw-hex}', /file/],
    ['  - {type: vault, address: "http://vault.example:8200", path: x, token-file: t}', /allow-plain-http/],
    ['  - {type: vault, address: "https://u:p@vault.example", path: x, token-file: t}', /address/],
    ['  - {type: vault, address: "ftp://vault.example", path: x, token-file: t}', /address/],
    [
      '  - {type: vault, address: "https://v", path: x, token-file: t, timeout-seconds: 0}',
      /timeout-seconds/,
    ],
    ['  - {type: gcp, project: "a/b", prefix: x}', /project/],
    ['  - {type: gcp, project: a, prefix: x, endpoint: "http://gcp.example"}', /use https$/],
    ['  - {type: aws, region: a, prefix: x, endpoint: "https://u:p@aws.example"}', /endpoint/],
    ['  - {type: azure, vault: "http://a.vault.azure.net"}', /use https$/],
    ['  - {type: azure, vault: "https://a.vault.azure.net/secrets"}', /vault/],
    ['  - {type: azure, vault: "https://a.vault.azure.net", prefix: a_b}', /prefix/],
    ['  []', /sources/],
    ['  - {', /./],
  ])('with %s is refused', async (yaml, message) => {
    const error = await failureOf(() => load(folderFor(), yaml));
    expect([error.code, error.exitCode]).toEqual(['KEY_SOURCES_INVALID', 2]);
    expect(error.message).toMatch(message);
  });
});

it('a key whose first keystore does not open comes out of the second', async () => {
  const folder = folderFor();
  const { pubkey, text } = await newKey('pw');
  for (const name of ['a', 'b']) put(join(folder, 'keys', `${name}.json`), text);
  put(join(folder, 'keys', 'a.txt'), 'wrong');
  put(join(folder, 'keys', 'b.txt'), 'pw');
  expect(await load(folder, '  - {type: teku, path: keys}')).toEqual({ pubkeys: [pubkey], failed: [] });
  put(join(folder, 'keys', 'b.txt'), 'wrong too');
  const { pubkeys, failed } = await load(folder, '  - {type: teku, path: keys}');
  expect(pubkeys).toEqual([]);
  expect(failed).toEqual([expect.stringMatching(/^KEYSTORE_WRONG_PASSWORD /)]);
});
