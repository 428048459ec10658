import { describe, expect, it } from 'vitest';
import { readWeb3SignerConfig } from '../../../../../cli/migrate/web3signer/read-config.ts';
import { tempFolder } from './temp-folder.ts';

const read = (content: string, environment: Record<string, string> | null = null) =>
  readWeb3SignerConfig({ file: tempFolder().write('web3signer.yaml', content), environment });

const valueOf = async (content: string, name: string, environment: Record<string, string> | null = null) =>
  (await read(content, environment)).options.get(name)?.values;

describe('a configuration that cannot be read', () => {
  it.each([
    [
      'broken YAML',
      'eth2.slashing-protection-db-password: "hunter2\nx',
      /is not YAML: MISSING_CHAR in line 2/,
    ],
    ['a list', '- hunter2\n', /must be one list of "name: value" lines/],
    ['a bare text', 'hunter2\n', /must be one list of "name: value" lines/],
    ['two documents', 'logging: hunter2\n---\nlogging: INFO\n', /must be one list of "name: value" lines/],
    ['a name twice', 'logging: hunter2\nlogging: INFO\n', /is not YAML: DUPLICATE_KEY in line 2/],
    [
      'an option under both of its names',
      'key-store-path: hunter2\nkey-config-path: b\n',
      /twice, under two names/,
    ],
    ['a mapping for a value', 'logging: { level: hunter2 }\n', /must give "logging" one value/],
  ])('%s is refused, named, and not quoted', async (_, content, message) => {
    const failure = await read(content).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({
      code: 'BAD_ARGUMENT',
      message: expect.stringMatching(message) as string,
    });
    expect((failure as Error).message).toContain('web3signer.yaml');
    expect((failure as Error).message).not.toContain('hunter2');
  });

  it('is refused when it is not there', async () => {
    const file = tempFolder().at('missing.yaml');
    await expect(readWeb3SignerConfig({ file, environment: null })).rejects.toMatchObject({
      code: 'KEY_FILE_MISSING',
    });
  });
});

describe('names', () => {
  it('that no option has are kept as they were written, and their values are not', async () => {
    const { options, unknown } = await read(
      'eth2.keystore-path: hunter2\nhttp-listen-prot: 1\nlogging: INFO\n',
    );
    expect(unknown).toEqual(['eth2.keystore-path', 'http-listen-prot']);
    expect([...options.keys()]).toEqual(['logging']);
  });

  it('of the prototype of objects are not taken for options', async () => {
    expect((await read('constructor: x\ntoString: y\n')).unknown).toEqual(['constructor', 'toString']);
  });

  it.each([
    ['key-store-path', 'key-config-path'],
    ['metrics-categories', 'metrics-category'],
    ['eth2.enable-key-manager-api', 'eth2.key-manager-api-enabled'],
  ])('%s is another word for %s', async (alias, name) => {
    expect(await valueOf(`${alias}: x\n`, name)).toEqual(['x']);
  });
});

describe('values', () => {
  it.each([
    ['http-listen-port: 9000', 'http-listen-port', ['9000']],
    ['eth2.slashing-protection-enabled: true', 'eth2.slashing-protection-enabled', ['true']],
    ['http-host-allowlist: [a, "b"]', 'http-host-allowlist', ['a', 'b']],
    ['http-host-allowlist: a,b', 'http-host-allowlist', ['a,b']],
    ['data-path:', 'data-path', ['']],
    ['eth2.azure-client-id: 0x10', 'eth2.azure-client-id', ['0x10']],
  ])('%s stays text', async (line, name, values) => {
    expect(await valueOf(`${line}\n`, name)).toEqual(values);
  });

  it('of an empty file are none', async () => {
    expect(await read('# nothing\n')).toEqual({ options: new Map(), unknown: [] });
  });
});

describe('the environment', () => {
  it('goes before the file', async () => {
    const environment = { WEB3SIGNER_ETH2_NETWORK: 'hoodi', WEB3SIGNER_HTTP_LISTEN_PORT: '1' };
    const { options } = await read('eth2.network: mainnet\nlogging: INFO\n', environment);
    expect([...options.values()].map(({ name, values, from }) => [name, values[0], from])).toEqual([
      ['eth2.network', 'hoodi', 'environment'],
      ['logging', 'INFO', 'file'],
      ['http-listen-port', '1', 'environment'],
    ]);
  });

  it('counts only when it is asked for', async () => {
    expect(await valueOf('eth2.network: mainnet\n', 'eth2.network', null)).toEqual(['mainnet']);
  });

  it('has aliases, and names that are unknown; what is not of Web3Signer is left alone', async () => {
    const environment = { WEB3SIGNER_KEY_STORE_PATH: 'keys', WEB3SIGNER_NETWORK: 'hoodi', HOME: '/root' };
    const { options, unknown } = await readWeb3SignerConfig({ file: null, environment });
    expect(options.get('key-config-path')?.values).toEqual(['keys']);
    expect(unknown).toEqual(['WEB3SIGNER_NETWORK']);
  });
});
