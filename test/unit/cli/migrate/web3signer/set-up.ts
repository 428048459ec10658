import type { Pubkey } from '../../../../../core/units.ts';
import { toHex } from '../../../../../core/hex.ts';
import { cheapKeystore } from '../../../signer/keystore/cheap-keystore.ts';
import { tempFolder } from './temp-folder.ts';

/** Genesis validators root of hoodi, as the chain says it. */
const HOODI_ROOT = '0x212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f';

export const interchange = (root: string, ...keys: readonly [pubkey: string, ...rows: object[]][]) => ({
  metadata: { interchange_format_version: '5', genesis_validators_root: root },
  data: keys.map(([pubkey, ...rows]) => ({
    pubkey,
    signed_blocks: rows.filter((row) => 'slot' in row),
    signed_attestations: rows.filter((row) => 'target_epoch' in row),
  })),
});

export interface SetUp extends ReturnType<typeof tempFolder> {
  readonly config: string;
  readonly history: string;
  readonly dataDir: string;
  readonly pubkeys: Readonly<Record<'raw' | 'yaml' | 'bulk' | 'damaged' | 'gone', Pubkey>>;
  /** Texts that no output may hold. */
  readonly secrets: readonly string[];
}

/** A Web3Signer of some years: key files of several kinds, a bulk directory, a vault, and one keystore that is damaged. */
export async function web3signerSetUp(): Promise<SetUp> {
  const temp = tempFolder();
  const { write, at } = temp;
  const [raw, yaml, bulk, damaged, gone] = await Promise.all(
    ['', 'yaml pass', 'bulk pass', 'other pass', ''].map((password) => cheapKeystore(password)),
  );
  const rawHex = toHex(raw!.secretKey.toBytes()).slice(2);

  write('keys/a-raw.yaml', `type: "file-raw"\nkeyType: "BLS"\nprivateKey: "0x${rawHex}"\n`, 0o644);
  write(
    'keys/b-many.yml',
    [
      'type: File-Keystore\nkeystoreFile: store/yaml.json\nkeystorePasswordFile: store/yaml.password\n',
      `type: file-raw\nprivateKey: ${rawHex}\n`,
      'type: hashicorp\nserverHost: vault\nkeyPath: /v1/secret/data/one\ntoken: s.vaulttoken\n',
      `type: file-raw\nkeyType: SECP256K1\nprivateKey: ${'cd'.repeat(32)}\n`,
    ].join('---\n'),
  );
  write('keys/store/yaml.json', yaml!.keystore);
  write('keys/store/yaml.password', 'yaml pass\nsecond line\n');
  write('bulk/keystore-0.json', bulk!.keystore);
  write('bulk/keystore-1.json', damaged!.keystore);
  write('bulk/deposit_data-1.json', [{ pubkey: bulk!.pubkey }]);
  write('passwords/keystore-0.txt', 'bulk pass\n');
  write('passwords/keystore-1.txt', 'not this pass\n');

  const config = write(
    'web3signer.yaml',
    `http-listen-port: 9100
http-host-allowlist: ["localhost", "signer.example"]
logging: DEBUG
vertx-worker-pool-size: 20
key-config-path: keys
eth2.network: hoodi
eth2.keystores-path: bulk
eth2.keystores-passwords-path: passwords
eth2.slashing-protection-db-url: "jdbc:postgresql://db/w3s?password=dbsecret"
eth2.slashing-protection-db-password: dbsecret
eth2.keystore-path: a misspelling
`,
  );
  const history = write(
    'history.json',
    interchange(
      HOODI_ROOT,
      [
        raw!.pubkey.toUpperCase().replace('0X', '0x'),
        { slot: '90' },
        { source_epoch: '2', target_epoch: '3' },
      ],
      [yaml!.pubkey, { source_epoch: '4', target_epoch: '5' }],
      [gone!.pubkey, { slot: '70' }],
      [bulk!.pubkey],
    ),
  );
  return {
    ...temp,
    config,
    history,
    dataDir: at('data'),
    pubkeys: {
      raw: raw!.pubkey,
      yaml: yaml!.pubkey,
      bulk: bulk!.pubkey,
      damaged: damaged!.pubkey,
      gone: gone!.pubkey,
    },
    secrets: [rawHex, 'yaml pass', 'bulk pass', 'not this pass', 'dbsecret', 's.vaulttoken', 'cd'.repeat(32)],
  };
}
