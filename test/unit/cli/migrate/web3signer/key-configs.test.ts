import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readKeyConfigs } from '../../../../../cli/migrate/web3signer/key-configs.ts';
import { tempFolder } from './temp-folder.ts';

const SECRET = 'ab'.repeat(32);
const RAW = `type: file-raw\nprivateKey: "0x${SECRET}"\n`;
const MAX = 10_000;

async function readOne(content: string, max = MAX) {
  const { folder, write } = tempFolder();
  write('key.yaml', content);
  const { keys, passedOver } = await readKeyConfigs(folder, max, null);
  return { folder, keys, passedOver: passedOver.map(({ status, message }) => [status, message]) };
}

describe('a key file that cannot be used', () => {
  it.each([
    ['broken YAML', `type: "file-raw\nprivateKey: ${SECRET}`, /is not YAML: MISSING_CHAR/],
    ['nothing', '# later\n', /is empty/],
    ['a text', `${SECRET}\n`, /is not a list of "name: value" lines/],
    ['no type', `privateKey: ${SECRET}\n`, /has no type/],
    ['an unknown type', `type: ${SECRET}\n`, /its type is not known/],
    ['an unknown keyType', `keyType: ED25519\n${RAW}`, /neither BLS nor SECP256K1/],
    ['a short key', `type: file-raw\nprivateKey: ${SECRET.slice(2)}\n`, /not 64 hex digits/],
    ['no key', 'type: file-raw\n', /not 64 hex digits/],
    ['a keystore without password', 'type: file-keystore\nkeystoreFile: a.json\n', /keystorePasswordFile/],
    ['a keystore without file', 'type: file-keystore\nkeystorePasswordFile: a\n', /needs keystoreFile/],
  ])('with %s has failed, and is not quoted', async (_, content, message) => {
    const { keys, passedOver } = await readOne(content);
    expect(keys).toEqual([]);
    expect(passedOver).toEqual([['failed', expect.stringMatching(message) as string]]);
    expect(JSON.stringify(passedOver)).not.toContain(SECRET.slice(2));
  });

  it('because it is too large has failed; one byte less is read', async () => {
    expect((await readOne(RAW, RAW.length - 1)).passedOver).toEqual([
      ['failed', expect.stringContaining('KEY_FILE_TOO_LARGE') as string],
    ]);
    expect((await readOne(RAW, RAW.length)).keys).toHaveLength(1);
  });

  it('stops no other', async () => {
    const { folder, write } = tempFolder();
    write('a.yaml', 'type: [');
    write('b.yaml', RAW);
    symlinkSync('nowhere', `${folder}/c.yaml`);
    const { keys, passedOver } = await readKeyConfigs(folder, MAX, null);
    expect(keys.map(({ label }) => label)).toEqual([`${folder}/b.yaml`]);
    expect(passedOver.map(({ label, status }) => [label, status])).toEqual([
      [`${folder}/a.yaml`, 'failed'],
      [`${folder}/c.yaml`, 'failed'],
    ]);
  });

  it('a folder that is not there is told of', async () => {
    const { keys, passedOver } = await readKeyConfigs('/nonexistent/keys', MAX, null);
    expect(keys).toEqual([]);
    expect(passedOver).toMatchObject([{ label: '/nonexistent/keys', status: 'failed' }]);
  });
});

describe('a key file', () => {
  it.each([
    ['quoted, with 0x', RAW],
    ['bare, which YAML alone would read as a number', `type: file-raw\nprivateKey: 0x${SECRET}\n`],
    ['without 0x, in capitals', `type: FILE-RAW\nkeyType: bls\nprivateKey: ${SECRET.toUpperCase()}\n`],
    ['with fields that nobody knows', `${RAW}note: x\n`],
  ])('gives the raw key: %s', async (_, content) => {
    const { keys, folder, passedOver } = await readOne(content);
    expect(passedOver).toEqual([]);
    expect(keys).toEqual([
      {
        kind: 'raw',
        label: `${folder}/key.yaml`,
        file: `${folder}/key.yaml`,
        secret: new Uint8Array(32).fill(0xab),
      },
    ]);
  });

  it('takes relative paths from its own folder and leaves absolute ones', async () => {
    const { keys, folder } = await readOne(
      'type: File-Keystore\nkeystoreFile: sub/a.json\nkeystorePasswordFile: /run/secrets/a\n',
    );
    expect(keys).toMatchObject([
      { keystoreFile: `${folder}/sub/a.json`, passwordFile: '/run/secrets/a', password: 'first-line' },
    ]);
  });

  it('may hold many documents, each with a number', async () => {
    const { keys, passedOver, folder } = await readOne(`${RAW}---\ntype: nothing\n---\n${RAW}---\n`);
    expect(keys.map(({ label }) => label)).toEqual([`${folder}/key.yaml#1`, `${folder}/key.yaml#3`]);
    expect(passedOver).toHaveLength(1);
  });

  it.each([
    ['type: file-raw\nkeyType: secp256k1\nprivateKey: x\n'],
    ['type: aws-kms\nkmsKeyId: x\n'],
    ['type: azure-key\n'],
  ])('of the execution layer is skipped: %s', async (content) => {
    expect((await readOne(content)).passedOver).toEqual([
      ['skipped', expect.stringContaining('SECP256K1') as string],
    ]);
  });

  it.each([
    [
      'type: hashicorp\nserverHost: h\ntoken: s.hunter2\nkeyPath: /v1/secret/data/val one\nkeyName: key\n',
      `$(vault kv get -field=key -mount=secret 'val one')`,
    ],
    ['type: HASHICORP\nkeyPath: /v1/kv/x\n', '$(vault kv get -field=value kv/x)'],
    [
      'type: aws-secret\nregion: eu-1\nsecretName: "$(id)"\nsecretAccessKey: hunter2\n',
      `$(aws secretsmanager get-secret-value --region eu-1 --secret-id '$(id)' --query SecretString --output text)`,
    ],
    [
      'type: azure-secret\nvaultName: v\nsecretName: n\nclientSecret: hunter2\n',
      '$(az keyvault secret show --vault-name v --name n --query value --output tsv)',
    ],
  ])('of a vault says what to type: %s', async (content, command) => {
    const { keys, passedOver } = await readOne(content);
    expect(keys).toEqual([]);
    expect(passedOver).toEqual([['by-hand', expect.stringContaining(command) as string]]);
    expect(JSON.stringify(passedOver)).not.toContain('hunter2');
  });
});

it('of a folder only the visible YAML files count, but for the one that is excepted', async () => {
  const { folder, at, write } = tempFolder();
  for (const name of ['a.yaml', 'b.yml', 'C.YAML', '.d.yaml', 'e.json', 'f.yaml.bak', 'web3signer.yaml']) {
    write(name, RAW);
  }
  mkdirSync(at('sub.yaml'));
  writeFileSync(at('sub.yaml', 'g.yaml'), RAW);
  const { keys, passedOver } = await readKeyConfigs(folder, MAX, at('web3signer.yaml'));
  expect(passedOver).toEqual([]);
  expect(keys.map(({ label }) => label)).toEqual([at('C.YAML'), at('a.yaml'), at('b.yml')]);
});
