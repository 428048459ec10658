import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosWorld } from './chaos-world.ts';

export type Blow = (world: ChaosWorld) => Promise<void>;

/** What befalls the signers, their networks and the server. Each is over when it resolves, but for what starts again. */
export const BLOWS: Readonly<Record<string, Blow>> = {
  'signer killed': async (world) => {
    const signer = world.pick(world.signers);
    await signer.kill();
    void signer.start(() => world.over);
  },
  'connections broken': async (world) => {
    world.pick(world.proxies).breakAll();
    await delay(100);
  },
  'network cut': async (world) => {
    const proxy = world.pick(world.proxies);
    proxy.cut();
    await delay(500 + world.random() * 1500);
    proxy.mend();
  },
  'answers swallowed': async (world) => {
    const proxy = world.pick(world.proxies);
    proxy.swallow = world.random() < 0.5 ? 'answers' : 'questions';
    await delay(500 + world.random() * 1000);
    proxy.breakAll();
    proxy.mend();
  },
  'latency changed': async (world) => {
    for (const proxy of world.proxies) proxy.latencyMs = world.pick([0, 0.5, 2.5, 10]);
    await delay(200);
  },
  'server killed': async ({ server, random }) => {
    await server.kill();
    await delay(random() * 1000);
    await server.resume();
  },
  'server restarted': ({ server }) => server.restart(),
};

export const signerPaused =
  (longestSeconds: number): Blow =>
  async (world) => {
    const signer = world.pick(world.signers);
    signer.pause();
    await delay(1000 * (1 + world.random() * Math.min(4, longestSeconds - 1)));
    signer.wake();
  };

/** While all else goes on. */
export const signerPausedForAMinute: Blow = async (world) => {
  const signer = world.pick(world.signers);
  signer.pause();
  void delay(60_000).then(() => signer.wake());
  await delay(10);
};
