import { formatTable } from '../../cli/output/format-table.ts';
import { epoch, parseRoot } from '../../core/units.ts';
import { migrateDatabase, openThreadedGuard, type Guard } from '../../slashing-db/index.ts';
import { benchKey, guardOptions, withFolder } from '../support/bench-guard.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { measure, type Measured } from './load.ts';
import { NineRoundTrips } from './nine-round-trips.ts';

/**
 * `npm run bench:postgres`: the guard without HTTP and without signing, over a PostgreSQL server on this machine, reached
 * through a network that takes a while; `-- --json` prints one JSON object. Next to it the SQLite adapter, which has no
 * network, and a signer that asks its database one thing after the other.
 */
const LATENCIES_MS = [0, 1, 5, 20];
const CLIENTS = 64;
const SECONDS = 5;

interface Line extends Measured {
  readonly who: string;
  readonly latencyMs: number | null;
}

const lines: Line[] = [];
const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(60)}`);
};

await withFolder(async (folder) => {
  const guard = await openThreadedGuard(await guardOptions(folder));
  lines.push({ who: 'Vigil, SQLite', latencyMs: null, ...(await measureGuard(guard)) });
});

const server = await PostgresServer.start();
const proxy = await TcpProxy.to(server.port);
try {
  for (const latencyMs of LATENCIES_MS) {
    progress(`${latencyMs} ms: Vigil`);
    await withFolder(async (folder) => {
      const options = await guardOptions(folder);
      const url = await server.emptyDatabase();
      await migrateDatabase({ url, passwordFile: null }, options.spec.genesisValidatorsRoot);
      const shared = { url: throughProxy(url), passwordFile: null, instance: 'bench' };
      const guard = await openThreadedGuard({ ...options, shared });
      lines.push({ who: 'Vigil, PostgreSQL', latencyMs, ...(await measureGuard(guard, latencyMs)) });
    });
    progress(`${latencyMs} ms: nine round trips`);
    proxy.answerLatencyMs = 0;
    const baseline = await NineRoundTrips.open(throughProxy(await server.emptyDatabase()), CLIENTS);
    proxy.answerLatencyMs = latencyMs;
    const root = new Uint8Array(32).fill(0x5a);
    const measured = await measure(CLIENTS, SECONDS, async (client, target) => {
      if (!(await baseline.sign(client + 1, target - 1n, target, root))) throw new Error('refused');
    });
    lines.push({ who: 'one statement a rule', latencyMs, ...measured });
    proxy.answerLatencyMs = 0;
    await baseline.close();
  }
} finally {
  await proxy.close();
  await server.stop();
}
progress('');

function throughProxy(url: string): string {
  return url.replace(`:${server.port}/`, `:${proxy.port}/`);
}

async function measureGuard(guard: Guard, latencyMs = 0): Promise<Measured> {
  try {
    const keys = Array.from({ length: CLIENTS }, (_, n) => benchKey(n + 1));
    await Promise.all(keys.map((pubkey) => guard.admitKey(pubkey, true)));
    proxyLatency(latencyMs);
    const signingRoot = parseRoot(`0x${'5a'.repeat(32)}`, 'root');
    return await measure(CLIENTS, SECONDS, async (client, target) => {
      const vote = {
        kind: 'attestation',
        source: epoch(target - 1n),
        target: epoch(target),
        signingRoot,
      } as const;
      const outcome = await guard.release(keys[client] ?? benchKey(1), vote, () => Promise.resolve(0));
      if (outcome.kind === 'refused') throw new Error(outcome.reason);
    });
  } finally {
    await guard.close();
  }
}

/** The first measurement has no network at all. */
function proxyLatency(latencyMs: number): void {
  if (latencyMs > 0) proxy.answerLatencyMs = latencyMs;
}

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ clients: CLIENTS, seconds: SECONDS, lines }));
} else {
  const rows = lines.map(({ who, latencyMs, perSecond, p50Ms, p99Ms }) => [
    who,
    latencyMs === null ? 'no network' : `${latencyMs} ms`,
    Math.round(perSecond).toLocaleString('en'),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
  ]);
  console.log(`${CLIENTS} clients, each with a key of its own, one request after the other, ${SECONDS} s`);
  console.log(formatTable(['', 'round trip', 'signatures/s', 'p50 ms', 'p99 ms'], rows).join('\n'));
}
