import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DutyBodies } from '../../../cli/demo/attempts/duty-bodies.ts';
import { migrateDatabase } from '../../../slashing-db/index.ts';
import { testNetwork } from '../../e2e/support/test-network.ts';
import { PostgresServer } from '../../support/postgres.ts';
import { putKey } from '../../support/signer-key-files.ts';
import { PASSWORD } from '../../support/signer-fixture.ts';
import { throughPort } from '../../support/postgres-guards.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { cheapKeystore } from '../../unit/signer/keystore/cheap-keystore.ts';
import { ChaosSigner } from './chaos-signer.ts';
import { judgeReleased, type Judged, type Released } from './judge-released.ts';
import { seededRandom } from './seeded.ts';

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly keys: number;
  /** The longest that a signer is paused. */
  readonly longestPauseSeconds: number;
  readonly log?: (line: string) => void;
}

export interface ChaosReport extends Judged {
  readonly asked: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
  /** Ends of signers that nobody had killed. */
  readonly ownEnds: readonly string[];
  /** Milliseconds after the last blow until each signer signed again. */
  readonly recoveredMs: readonly number[];
}

const SIGNERS = 4;
const CLIENTS_PER_SIGNER = 8;

/**
 * Four signers on one database, asked for conflicting and identical messages of the same keys, while they are killed and
 * paused, the server is killed and restarted, connections are cut and the network is slow.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, log = () => undefined } = options;
  const random = seededRandom(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const { spec, folder, flags } = testNetwork();
  const server = await PostgresServer.start();
  const proxies: TcpProxy[] = [];
  const signers: ChaosSigner[] = [];
  let over = false;
  try {
    const url = await server.emptyDatabase();
    await migrateDatabase({ url, passwordFile: null }, spec.genesisValidatorsRoot);
    const pubkeys: string[] = [];
    const dataDirs = Array.from({ length: SIGNERS }, (_, n) => join(folder, `signer-${n}`));
    for (let n = 0; n < options.keys; n += 1) {
      const { pubkey, keystore } = await cheapKeystore(PASSWORD);
      pubkeys.push(pubkey);
      for (const dataDir of dataDirs) await putKey(dataDir, pubkey, JSON.stringify(keystore), PASSWORD);
    }
    for (const [n, dataDir] of dataDirs.entries()) {
      const proxy = await TcpProxy.to(server.port);
      proxies.push(proxy);
      const database = ['--slashing-db', throughPort(url, proxy.port), '--instance', `signer-${n}`];
      const rest = ['--on-missing-history', 'trust', '--key-cache', 'off'];
      signers.push(new ChaosSigner(`signer-${n}`, dataDir, [...flags, ...database, ...rest]));
    }
    await Promise.all(signers.map((signer) => signer.start(() => over)));
    log(`${SIGNERS} signers with ${options.keys} keys are up`);

    const bodies = new DutyBodies(spec);
    const released: Released[] = [];
    const statuses: Record<string, number> = {};
    let asked = 0;
    const began = performance.now();
    /** The epoch that validators are in: two a second. */
    const present = (): bigint => 100n + BigInt(Math.floor((performance.now() - began) / 500));
    const ask = async (signer: ChaosSigner, wanted: Omit<Released, 'signature'>): Promise<number> => {
      asked += 1;
      const { kind, pubkey, source, target, head } = wanted;
      const body = kind === 'block' ? bodies.block(target, head) : bodies.attestation(source, target, head);
      try {
        const response = await fetch(`${signer.url ?? 'http://127.0.0.1:1'}/api/v1/eth2/sign/${pubkey}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'accept': 'application/json' },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(90_000),
        });
        const answer = (await response.json()) as { signature?: string; code?: string };
        const what = answer.signature === undefined ? `${response.status} ${answer.code}` : '200';
        statuses[what] = (statuses[what] ?? 0) + 1;
        if (answer.signature !== undefined) released.push({ ...wanted, signature: answer.signature });
        return response.status;
      } catch {
        statuses['no answer'] = (statuses['no answer'] ?? 0) + 1;
        return 0;
      }
    };
    const client = async (signer: ChaosSigner): Promise<void> => {
      while (!over) {
        if (signer.url === null) {
          await delay(50);
          continue;
        }
        const epoch = present() + BigInt(Math.floor(Math.random() * 3)) - 1n;
        const head = ['first', 'first', 'second', 'third'][Math.floor(Math.random() * 4)]!;
        const pubkey = pubkeys[Math.floor(Math.random() * pubkeys.length)]!;
        const source = epoch - 1n - BigInt(Math.floor(Math.random() ** 4 * 6));
        const wanted: Omit<Released, 'signature'> =
          Math.random() < 0.25
            ? { kind: 'block', pubkey, source: 0n, target: epoch * 8n, head }
            : { kind: 'attestation', pubkey, source, target: epoch, head };
        const status = await ask(signer, wanted);
        if (status === 503 || status === 0) await delay(20);
      }
    };
    const clients = signers.flatMap((signer) =>
      Array.from({ length: CLIENTS_PER_SIGNER }, () => client(signer)),
    );

    const events: Record<string, number> = {};
    const blows: Record<string, () => Promise<void>> = {
      'signer killed': async () => {
        const signer = pick(signers);
        await signer.kill();
        void signer.start(() => over);
      },
      'signer paused': async () => {
        const signer = pick(signers);
        signer.pause();
        await delay(1000 * (1 + random() * Math.min(4, options.longestPauseSeconds - 1)));
        signer.wake();
      },
      'connections broken': async () => {
        pick(proxies).breakAll();
        await delay(100);
      },
      'network cut': async () => {
        const proxy = pick(proxies);
        proxy.cut();
        await delay(500 + random() * 1500);
        proxy.mend();
      },
      'answers swallowed': async () => {
        const proxy = pick(proxies);
        proxy.swallow = random() < 0.5 ? 'answers' : 'questions';
        await delay(500 + random() * 1000);
        proxy.breakAll();
        proxy.mend();
      },
      'latency changed': async () => {
        for (const proxy of proxies) proxy.latencyMs = pick([0, 0.5, 2.5, 10]);
        await delay(200);
      },
      'server killed': async () => {
        await server.kill();
        await delay(random() * 1000);
        await server.resume();
      },
      'server restarted': () => server.restart(),
    };
    if (options.longestPauseSeconds >= 60) {
      blows['signer paused for a minute'] = async () => {
        if ((events['signer paused for a minute'] ?? 0) > 2) return;
        const signer = pick(signers);
        signer.pause();
        void delay(60_000).then(() => signer.wake());
        await delay(10);
      };
    }
    const names = Object.keys(blows);
    for (const name of names) events[name] = 0;
    // Each kind of blow once at least, however slow the machine is.
    for (let n = 0; n < names.length || performance.now() - began < options.seconds * 1000; n += 1) {
      const name = n < names.length ? names[n]! : pick(names);
      log(`${((performance.now() - began) / 1000).toFixed(1)} s  ${name}  (${released.length} released)`);
      events[name] = (events[name] ?? 0) + 1;
      await blows[name]!();
      await delay(300 + random() * 700);
    }

    // Nobody does anything from here on but wait.
    for (const proxy of proxies) {
      proxy.mend();
      proxy.latencyMs = 0;
    }
    for (const signer of signers) signer.wake();
    const calm = performance.now();
    const recoveredMs = await Promise.all(
      signers.map(async (signer, n) => {
        const wanted = {
          kind: 'attestation',
          pubkey: pubkeys[n]!,
          source: 0n,
          target: 0n,
          head: 'last',
        } as const;
        while (performance.now() - calm < 120_000) {
          const epoch = present() + 2n;
          const status =
            signer.url === null ? 0 : await ask(signer, { ...wanted, source: epoch - 1n, target: epoch });
          if (status === 200) return performance.now() - calm;
          await delay(50);
        }
        throw new Error(`${signer.name} did not recover: ${signer.said}`);
      }),
    );
    over = true;
    await Promise.all(clients);
    const judged = await judgeReleased(url, released);
    return {
      ...judged,
      asked,
      statuses,
      events,
      ownEnds: signers.flatMap((one) => one.ownEnds),
      recoveredMs,
    };
  } finally {
    over = true;
    for (const signer of signers) {
      signer.wake();
      await signer.kill();
    }
    for (const proxy of proxies) await proxy.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
