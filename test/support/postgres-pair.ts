import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Guard } from '../../slashing-db/index.ts';
import { PostgresServer } from './postgres.ts';
import { migrated, throughPort } from './postgres-guards.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A primary with a standby that streams from it. */
export interface ServerPair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** Between the two. */
  readonly replication: TcpProxy;
  /** Between signers and whichever server is the primary: what a name in the DNS would be. */
  readonly front: TcpProxy;
  readonly stop: () => Promise<void>;
}

/** @param synchronous whether commits wait for the standby */
export async function serverPair(synchronous: boolean): Promise<ServerPair> {
  const primary = await PostgresServer.start();
  const replication = await TcpProxy.to(primary.port);
  const standby = await primary.standby('standby', replication.port);
  const front = await TcpProxy.to(primary.port);
  if (synchronous) {
    await primary.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
    await primary.query('SELECT pg_reload_conf()');
  }
  const wanted = synchronous ? 'sync' : 'async';
  while ((await syncStates(primary)).join() !== wanted) await delay(20);
  const stop = async (): Promise<void> => {
    await Promise.all([front.close(), replication.close()]);
    await Promise.all([standby.stop(), primary.stop()]);
  };
  return { primary, standby, replication, front, stop };
}

/** A migrated database of its own, by the way that signers take. */
export const databaseOn = async ({ primary, front }: ServerPair): Promise<string> =>
  throughPort(await migrated(await primary.emptyDatabase()), front.port);

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

/** It found its database again. */
export const isBack = (guard: Guard) =>
  expect.poll(() => guard.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();
