import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DutyBodies } from '../../../cli/demo/attempts/duty-bodies.ts';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import { migrateDatabase } from '../../../slashing-db/index.ts';
import { testNetwork } from '../../e2e/support/test-network.ts';
import { PostgresServer } from '../../support/postgres.ts';
import { throughPort } from '../../support/postgres-guards.ts';
import { PASSWORD } from '../../support/signer-fixture.ts';
import { putKey } from '../../support/signer-key-files.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { cheapKeystore } from '../../unit/signer/keystore/cheap-keystore.ts';
import { ChaosSigner } from './chaos-signer.ts';
import { seededRandom } from './seeded.ts';

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly keys: number;
  /** Further keys, which are deleted one after the other. */
  readonly doomedKeys: number;
  /** The longest that a signer is paused. */
  readonly longestPauseSeconds: number;
  readonly log?: (line: string) => void;
}

const SIGNERS = 4;

/** One database server, four signers with the same keys, and the networks between them. */
export class ChaosWorld {
  readonly spec: ChainSpec;
  readonly server: PostgresServer;
  readonly bodies: DutyBodies;
  /** The database, past all networks. */
  url = '';
  readonly signers: ChaosSigner[] = [];
  /** One for each signer. */
  readonly proxies: TcpProxy[] = [];
  readonly pubkeys: string[] = [];
  readonly doomed: string[] = [];
  /** Keystores by public key, as text. */
  readonly keystores = new Map<string, string>();
  readonly random: () => number;
  /** Nobody asks for anything any more, and nothing is started again. */
  over = false;
  readonly #folder: string;
  #began = performance.now();

  static async make(options: ChaosOptions): Promise<ChaosWorld> {
    // When a transaction committed is what acts and signatures are held against each other by.
    const server = await PostgresServer.start(['track_commit_timestamp = on']);
    const network = testNetwork();
    const world = new ChaosWorld(server, network.spec, network.folder, seededRandom(options.seed));
    try {
      await world.#fill(options, network.flags);
      return world;
    } catch (error) {
      await world.end();
      throw error;
    }
  }

  private constructor(server: PostgresServer, spec: ChainSpec, folder: string, random: () => number) {
    this.server = server;
    this.spec = spec;
    this.bodies = new DutyBodies(spec);
    this.#folder = folder;
    this.random = random;
  }

  async #fill({ keys, doomedKeys }: ChaosOptions, flags: readonly string[]): Promise<void> {
    this.url = await this.server.emptyDatabase();
    await migrateDatabase({ url: this.url, passwordFile: null }, this.spec.genesisValidatorsRoot);
    const dataDirs = Array.from({ length: SIGNERS }, (_, n) => join(this.#folder, `signer-${n}`));
    for (let n = 0; n < keys + doomedKeys; n += 1) {
      const { pubkey, keystore } = await cheapKeystore(PASSWORD);
      const text = JSON.stringify(keystore);
      (n < keys ? this.pubkeys : this.doomed).push(pubkey);
      this.keystores.set(pubkey, text);
      for (const dataDir of dataDirs) await putKey(dataDir, pubkey, text, PASSWORD);
    }
    for (const [n, dataDir] of dataDirs.entries()) {
      const proxy = await TcpProxy.to(this.server.port);
      this.proxies.push(proxy);
      const database = ['--slashing-db', throughPort(this.url, proxy.port), '--instance', `signer-${n}`];
      const rest = ['--on-missing-history', 'trust', '--key-cache', 'off'];
      this.signers.push(new ChaosSigner(`signer-${n}`, dataDir, [...flags, ...database, ...rest]));
    }
    await Promise.all(this.signers.map((signer) => signer.start(() => this.over)));
    this.#began = performance.now();
  }

  get secondsSinceStart(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** The epoch that validators are in: two a second. */
  get epoch(): bigint {
    return 100n + BigInt(Math.floor(2 * this.secondsSinceStart));
  }

  /** By the seed. */
  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)]!;
  }

  /** Nothing is in anybody's way any more. */
  calm(): void {
    for (const proxy of this.proxies) {
      proxy.mend();
      proxy.latencyMs = 0;
    }
    for (const signer of this.signers) signer.wake();
  }

  async end(): Promise<void> {
    this.over = true;
    for (const signer of this.signers) {
      signer.wake();
      await signer.kill();
    }
    for (const proxy of this.proxies) await proxy.close();
    await this.server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const tokenOf = ({ dataDir }: ChaosSigner): string =>
  readFileSync(join(dataDir, 'api-token.txt'), 'utf8').trim();
