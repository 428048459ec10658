import { describe, expect, it, onTestFinished } from 'vitest';
import { Feeder } from '../../../../cli/service/feeder.ts';
import { serviceManager } from '../../../../cli/service/service-manager.ts';
import { watchdogIntervalMs } from '../../../../cli/service/watchdog-interval.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { notifyWorld } from './notify-world.ts';

const log = createLogger('silent');

describe('the interval of the watchdog', () => {
  it.each([
    [{}, null],
    [{ WATCHDOG_USEC: '0' }, null],
    [{ WATCHDOG_USEC: '-3' }, null],
    [{ WATCHDOG_USEC: '1e6' }, null],
    [{ WATCHDOG_USEC: '30000000' }, 10_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '42' }, 10_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '41' }, null],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '41', VIGIL_LAUNCHER_PID: '41' }, 10_000],
    [{ WATCHDOG_USEC: '1' }, 1],
  ])('of %j is %s', (environment, interval) => {
    expect(watchdogIntervalMs(environment, 42)).toBe(interval);
  });
});

describe('a daemon that nobody asked to report', () => {
  it('reports nothing and reloads all the same', async () => {
    const manager = serviceManager(log, {});
    let reloads = 0;
    await manager.ready(() => Promise.reject(new Error('never asked')));
    await manager.reloading(() => Promise.resolve(void (reloads += 1)));
    await manager.stopping('bye');
    expect(reloads).toBe(1);
  });
});

describe('a daemon under a service manager', () => {
  it('tells of its start, its reload and its stop, in this order, each on one line', async () => {
    const world = notifyWorld();
    const environment: NodeJS.ProcessEnv = { NOTIFY_SOCKET: '/run/n', PATH: world.path };
    const manager = serviceManager(log, environment);
    expect(environment['NOTIFY_SOCKET']).toBeUndefined();
    manager.starting('opening\nkeystores', 120);
    await manager.ready(() => Promise.reject(new Error('never asked: no watchdog')));
    const before = process.hrtime.bigint() / 1000n;
    await manager.reloading(() => Promise.reject(new Error('no such file'))).catch(() => undefined);
    await manager.stopping('');
    const sent = world.messages().map(([, ...lines]) => lines);
    const usec = BigInt(sent[2]![1]!.replace('MONOTONIC_USEC=', ''));
    expect(usec).toBeGreaterThanOrEqual(before);
    expect(usec).toBeLessThan(before + 10_000_000n);
    expect(sent).toEqual([
      ['STATUS=opening keystores', 'EXTEND_TIMEOUT_USEC=120000000'],
      ['READY=1', 'STATUS=running'],
      ['RELOADING=1', `MONOTONIC_USEC=${usec}`, 'STATUS=reloading'],
      ['READY=1', 'STATUS=running'],
      ['STOPPING=1', 'STATUS=-'],
    ]);
  });

  it('feeds the watchdog when the test passes, and only then', async () => {
    const world = notifyWorld();
    const manager = serviceManager(log, {
      NOTIFY_SOCKET: '/run/n',
      PATH: world.path,
      WATCHDOG_USEC: '3000',
    });
    const results = ['12 keys', new Error('the disk\nis gone'), '13 keys'];
    const hangs = Promise.withResolvers<string>();
    await manager.ready(() => {
      const result = results.shift();
      if (result === undefined) return hangs.promise;
      return typeof result === 'string' ? Promise.resolve(result) : Promise.reject(result);
    });
    const sent = (await world.until(4)).map(([, ...lines]) => lines);
    expect(sent).toEqual([
      ['READY=1'],
      ['WATCHDOG=1', 'STATUS=12 keys'],
      ['STATUS=self-test failed: the disk is gone'],
      ['WATCHDOG=1', 'STATUS=13 keys'],
    ]);
    // It hangs now: an answer that comes after the stop is told to nobody.
    await manager.stopping('stopped');
    hangs.resolve('late');
    await hangs.promise;
    expect(world.messages().map(([, ...lines]) => lines)).toEqual([
      ...sent,
      ['STOPPING=1', 'STATUS=stopped'],
    ]);
  });

  it('works on when it is not heard', async () => {
    const manager = serviceManager(log, { NOTIFY_SOCKET: '/run/n', PATH: '/nonexistent' });
    let reloads = 0;
    await manager.ready(() => Promise.resolve('fine'));
    await manager.reloading(() => Promise.resolve(void (reloads += 1)));
    await manager.stopping('bye');
    expect(reloads).toBe(1);
  });
});

it('asks the next question only after the answer to the last', async () => {
  let open = 0;
  let most = 0;
  let asked = 0;
  const done = Promise.withResolvers<void>();
  const feeder = new Feeder(
    1,
    async () => {
      most = Math.max(most, (open += 1));
      // Longer than the interval.
      await new Promise((resolve) => setTimeout(resolve, 10));
      open -= 1;
      if ((asked += 1) === 5) done.resolve();
      return 'fine';
    },
    { onAlive: () => Promise.resolve(), onFailure: () => Promise.resolve() },
  );
  onTestFinished(() => feeder.stop());
  feeder.start();
  await done.promise;
  expect(most).toBe(1);
});
