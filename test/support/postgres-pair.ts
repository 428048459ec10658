import { expect, onTestFinished } from 'vitest';
import type { Guard } from '../../slashing-db/index.ts';
import { PostgresServer } from './postgres.ts';
import { migrated, openSigner, throughPort, type SignerOptions } from './postgres-guards.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A primary with a standby that streams from it. */
export interface ServerPair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** Between the two. */
  readonly replication: TcpProxy;
  /** Between signers and whichever server is the primary: what a name in the DNS would be. */
  readonly front: TcpProxy;
  /** A migrated database, through {@link front}. */
  readonly url: string;
}

/** @param synchronous whether commits wait for the standby */
export async function serverPair(synchronous: boolean): Promise<ServerPair> {
  const primary = await PostgresServer.start();
  onTestFinished(() => primary.stop());
  const replication = await TcpProxy.to(primary.port);
  onTestFinished(() => replication.close());
  const standby = await primary.standby('standby', replication.port);
  onTestFinished(() => standby.stop());
  const front = await TcpProxy.to(primary.port);
  onTestFinished(() => front.close());
  if (synchronous) {
    await primary.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
    await primary.query('SELECT pg_reload_conf()');
  }
  await expect
    .poll(() => syncStates(primary), { timeout: 20_000, interval: 20 })
    .toEqual([synchronous ? 'sync' : 'async']);
  const url = throughPort(await migrated(await primary.emptyDatabase()), front.port);
  return { primary, standby, replication, front, url };
}

/** How far commits wait for each standby that is connected. */
export async function syncStates(primary: PostgresServer): Promise<string[]> {
  const { rows } = await primary.query('SELECT sync_state FROM pg_stat_replication');
  return (rows as { sync_state: string }[]).map(({ sync_state }) => sync_state);
}

/** Commits that wait for the standby at this moment. */
export async function waitingCommits(primary: PostgresServer): Promise<number> {
  const { rows } = await primary.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
  );
  return (rows as { n: number }[])[0]!.n;
}

/** The primary is gone from one moment to the next, and the standby takes its place. */
export async function failOver({ primary, standby, front }: ServerPair): Promise<void> {
  await primary.kill();
  await standby.promote();
  front.target = standby.port;
}

export const signerOn = (pair: ServerPair, options: SignerOptions = {}): Promise<Guard> =>
  openSigner(pair.url, options);

/** It found its database again. */
export const isBack = (guard: Guard) =>
  expect.poll(() => guard.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();
