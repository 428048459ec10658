import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BeaconNodes, type Call } from '../../../../beacon/index.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { fromHex } from '../../../../core/hex.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import {
  checkWatchList,
  WatchList,
  watchesAnybody,
  watchListOptions,
  type WatchListChange,
  type WatchListOptions,
} from '../../../../monitor/watched/index.ts';
import { clientOf, json, startBeaconServer } from '../../../support/beacon-server.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';
import { createSimulation, withdrawalAddress } from '../../devnet/minimal-chain.ts';

const { DevnetBeaconNode } = await import('../../../../devnet/api/beacon-node.ts');

/** A chain behind a beacon node, and a folder for the files of the list. */
async function world(validators = 16) {
  const sim = createSimulation({ preset: 'minimal', validators, seed: 'watched', signatures: 'none' });
  const node = new DevnetBeaconNode(sim);
  onTestFinished(() => node.close());
  const { spec } = sim.context;
  const nodes = new BeaconNodes(
    { urls: [await node.listen()], client: { retry: { attempts: 1, baseMs: 1, maxMs: 1 } } },
    { spec, clock: new SlotClock(spec, () => sim.clock.nowMs()), log: createLogger('silent') },
  );
  onTestFinished(() => nodes.stop());
  const folder = tempDirectory();
  const file = join(folder, 'monitor.yaml');
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  let asked = 0;
  const ask = <T>(call: Call<T>) => {
    asked += 1;
    return nodes.ask(call);
  };
  const time = { nowMs: 0 };
  const listOf = (options: Partial<WatchListOptions> = {}) =>
    new WatchList({ words: [], file: null, ...options }, { ask, log, nowMs: () => time.nowMs });
  const pubkey = (index: number): string => sim.headState().validators[index]!.pubkey;
  return { sim, node, nodes, folder, file, listOf, pubkey, lines, time, asked: () => asked };
}

const write = (path: string, text: string): void => {
  // As editors do: a new file in the place of the old one.
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
};
const indices = (list: WatchList): number[] => list.current().map(({ index }) => index);
const unknownKey = `0x${'b7'.repeat(48)}`;

describe('a watch list', () => {
  it('brings together what every source names', async () => {
    const { listOf, pubkey, folder, file } = await world();
    const signer = await startSignerFixture({ keys: 2 });
    mkdirSync(join(folder, 'keystores', 'deeper'), { recursive: true });
    const keystore = (index: number) =>
      JSON.stringify({ crypto: {}, version: 4, pubkey: pubkey(index).slice(2) });
    writeFileSync(join(folder, 'keystores', 'deeper', 'keystore-1.json'), keystore(7));
    writeFileSync(join(folder, 'keystores', 'deposit_data.json'), '[{"pubkey":"x"}]');
    writeFileSync(join(folder, 'keystores', 'torn.json'), '{');
    writeFileSync(
      join(folder, 'list.txt'),
      `# ours\n${pubkey(8)}  # the eighth\n\n9\n${pubkey(10).slice(2)}\n`,
    );
    write(
      file,
      `watch:
  - {pubkey: "${pubkey(1)}", group: solo, labels: [region:eu]}
  - {index: 3-4, group: pool}
  - {keystores: keystores, group: files}
  - {file: list.txt}
  - {signer: "${signer.url}"}
  - {withdrawal-address: "${withdrawalAddress(12)}", group: addressed}
`,
    );
    const list = listOf({ file: { path: file, required: true }, words: ['5', pubkey(1)] });
    await list.resolve();
    expect(list.problems()).toEqual([]);
    expect(indices(list)).toEqual([1, 3, 4, 5, 7, 8, 9, 10, 12]);
    expect(list.current()[0]).toEqual({ index: 1, pubkey: pubkey(1), group: 'solo', labels: ['region:eu'] });
    expect(list.current().map(({ group }) => group)).toEqual([
      'solo',
      'pool',
      'pool',
      'default',
      'files',
      'default',
      'default',
      'default',
      'addressed',
    ]);
    // The keys of that signer are of another chain.
    expect([...list.pending()].sort()).toEqual([...signer.pubkeys].sort());
  });

  it('keeps keys that are not on chain and finds them when they are', async () => {
    const { listOf, sim, nodes, pubkey } = await world();
    const list = listOf({ words: [unknownKey, '16', pubkey(2)] });
    await list.resolve();
    expect(indices(list)).toEqual([2]);
    expect(list.pending()).toEqual([unknownKey, '16']);
    sim.operations.requestDeposit({
      pubkey: fromHex(unknownKey, 'pubkey'),
      withdrawalCredentials: fromHex(`0x01${'00'.repeat(11)}${withdrawalAddress(3).slice(2)}`, 'credentials'),
      ...{ amount: 32_000_000_000, signature: new Uint8Array(96), index: 0n },
    });
    sim.runEpochs(6);
    await nodes.check();
    const changes: WatchListChange[] = [];
    list.onChange((change) => changes.push(change));
    await list.resolve();
    expect(indices(list)).toEqual([2, 16]);
    expect(list.pending()).toEqual([]);
    expect(changes).toMatchObject([{ added: [{ index: 16, pubkey: unknownKey }], removed: [], changed: [] }]);
  });

  it('asks the chain for nobody twice', async () => {
    const { listOf, pubkey, asked } = await world();
    const list = listOf({ words: ['1', pubkey(1), '2'] });
    await list.resolve();
    const before = asked();
    await list.resolve();
    expect([before, asked()]).toEqual([1, 1]);
  });
});

describe('a change of the file', () => {
  it('is taken over at the next look, and told as what was added, removed and changed', async () => {
    const { listOf, file } = await world();
    write(file, 'watch: [{index: 1-3, group: a}]');
    const list = listOf({ file: { path: file, required: true } });
    await list.resolve();
    const changes: WatchListChange[] = [];
    const stop = list.onChange((change) => changes.push(change));
    await list.resolve();
    expect(changes).toEqual([]);
    write(file, 'watch: [{index: 2, group: a}, {index: 3, group: b}, {index: 4, group: a}]');
    await list.resolve();
    expect(
      changes.map(({ added, removed, changed }) =>
        [added, removed, changed].map((part) => part.map(({ index }) => index)),
      ),
    ).toEqual([[[4], [1], [3]]]);
    stop();
    write(file, 'watch: [{index: 2, group: a, labels: [x]}]');
    await list.resolve();
    expect(changes).toHaveLength(1);
    expect(list.current()).toMatchObject([{ index: 2, labels: ['x'] }]);
  });

  it.each<[string, (file: string) => void]>([
    ['is broken', (file) => write(file, 'watch: [{index: x}]')],
    ['has gone', (file) => rmSync(file)],
  ])('for one that %s changes nothing, and is told once', async (_what, spoil) => {
    const { listOf, file, lines } = await world();
    write(file, 'watch: [{index: 1}]');
    const list = listOf({ file: { path: file, required: true } });
    await list.resolve();
    spoil(file);
    for (let times = 0; times < 3; times += 1) await list.resolve();
    expect(indices(list)).toEqual([1]);
    expect(list.problems()).toMatchObject([expect.stringContaining(file) as string]);
    expect(list.fileProblem()).toContain(file);
    expect(lines.filter((line) => line.includes('WATCH_FILE_INVALID'))).toHaveLength(1);
    write(file, 'watch: [{index: 2}]');
    await list.resolve();
    expect(indices(list)).toEqual([2]);
    expect(list.problems()).toEqual([]);
    expect(list.fileProblem()).toBeNull();
  });

  it('from nothing to a file is seen, where the file was not asked for', async () => {
    const { listOf, file } = await world();
    const list = listOf({ words: ['1'], file: { path: file, required: false } });
    await list.resolve();
    write(file, 'watch: [{index: 2}]');
    await list.resolve();
    expect(indices(list)).toEqual([1, 2]);
  });

  it('is not waited for at the start: a bad file there ends it', async () => {
    const { listOf, file } = await world();
    await expect(listOf({ file: { path: file, required: true } }).resolve()).rejects.toMatchObject({
      code: 'WATCH_FILE_INVALID',
    });
    write(file, 'watch: [{}]');
    await expect(listOf({ file: { path: file, required: false } }).resolve()).rejects.toThrow('names nobody');
    expect(() => listOf({ words: ['nobody'] })).toThrow(
      expect.objectContaining({ code: 'WATCH_WORD_INVALID' }),
    );
  });
});

describe('a source that fails', () => {
  it('leaves those that it gave before, and does not touch the others', async () => {
    const { listOf, folder, file } = await world();
    const keys = join(folder, 'keys.txt');
    write(keys, '1\n2\n');
    write(file, 'watch: [{file: keys.txt, group: a}, {index: 5}]');
    const list = listOf({ file: { path: file, required: true } });
    await list.resolve();
    for (const bad of ['1\nx\n', null]) {
      if (bad === null) rmSync(keys);
      else write(keys, bad);
      await list.resolve();
      expect(indices(list)).toEqual([1, 2, 5]);
      expect(list.problems()).toMatchObject([expect.stringContaining(keys) as string]);
      // The file that names it is the one in force.
      expect(list.fileProblem()).toBeNull();
    }
    // Also when the file around it changes.
    write(file, 'watch: [{file: keys.txt, group: b}]');
    await list.resolve();
    expect(list.current()).toMatchObject([
      { index: 1, group: 'b' },
      { index: 2, group: 'b' },
    ]);
    write(keys, '2\n');
    await list.resolve();
    expect(indices(list)).toEqual([2]);
    expect(list.problems()).toEqual([]);
  });

  it('at the start is a problem, not the end: a signer may come up later', async () => {
    const { listOf } = await world();
    const signer = await startBeaconServer(json({}, 503));
    const list = listOf({ words: [`signer:${signer.url}`, '1'] });
    await list.resolve();
    expect(indices(list)).toEqual([1]);
    expect(list.problems()).toMatchObject([expect.stringContaining('status 503') as string]);
    signer.handler = json([unknownKey]);
    await list.resolve();
    expect([list.problems(), list.pending()]).toEqual([[], [unknownKey]]);
  });

  it.each(['keystores', 'file'])('at the start ends it where it is a path: %s', async (kind) => {
    const { listOf, folder, file } = await world();
    const missing = join(folder, 'nothere');
    const refusal = { code: 'WATCH_SOURCE_MISSING', message: expect.stringContaining(missing) as string };
    await expect(listOf({ words: [`${kind}:${missing}`, '1'] }).resolve()).rejects.toMatchObject(refusal);
    write(file, `watch: [{index: 1}, {${kind}: nothere}]`);
    const list = listOf({ file: { path: file, required: true } });
    await expect(list.resolve()).rejects.toMatchObject(refusal);
    // Still the start: another try refuses as well.
    await expect(list.resolve()).rejects.toMatchObject(refusal);
    if (kind === 'file') write(missing, '2');
    else mkdirSync(missing);
    await list.resolve();
    expect(indices(list)).toEqual(kind === 'file' ? [1, 2] : [1]);
  });

  it('is also the beacon node: everybody stays as they are', async () => {
    const { listOf, node, file } = await world();
    write(file, 'watch: [{index: 1}]');
    const list = listOf({ file: { path: file, required: true } });
    await list.resolve();
    node.faults.add(/validators$/, { kind: 'status', status: 500 });
    write(file, 'watch: [{index: 1-2}]');
    await list.resolve();
    expect([indices(list), list.pending()]).toEqual([[1], ['2']]);
    expect(list.problems()).toHaveLength(1);
    node.faults.clear();
    await list.resolve();
    expect([indices(list), list.problems()]).toEqual([[1, 2], []]);
  });
});

it('warns of a validator in two groups, once', async () => {
  const { listOf, file, lines } = await world();
  write(file, 'watch:\n  - {index: 1, group: a}\n  - {index: 0-1, group: b}\n');
  const list = listOf({ file: { path: file, required: true } });
  await list.resolve();
  await list.resolve();
  const warnings = lines.filter((line) => line.includes('WATCH_GROUPS_CLASH'));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('line 2');
  expect(warnings[0]).toContain('line 3');
});

describe('withdrawal addresses', () => {
  it('are looked for in the whole registry, once a day, and at its end every time', async () => {
    const { listOf, sim, time, asked } = await world(2300);
    const list = listOf({ words: [withdrawalAddress(2299), withdrawalAddress(4)] });
    await list.resolve();
    expect(indices(list)).toEqual([4, 2299]);
    expect(asked()).toBe(3);
    const state = sim.headState() as unknown as {
      validators: { withdrawalCredentials: string }[];
      balances: bigint[];
    };
    const credentials = (index: number) => `0x02${'00'.repeat(11)}${withdrawalAddress(index).slice(2)}`;
    state.validators.push({
      ...state.validators[0]!,
      ...{ pubkey: unknownKey, withdrawalCredentials: credentials(4) },
    });
    state.balances.push(32_000_000_000n);
    // Somebody old who changes to the address is found the next day only.
    state.validators[50] = { ...state.validators[50]!, withdrawalCredentials: credentials(4) };
    await list.resolve();
    expect([indices(list), asked()]).toEqual([[4, 2299, 2300], 4]);
    time.nowMs += 24 * 60 * 60 * 1000;
    await list.resolve();
    expect([indices(list), asked()]).toEqual([[4, 50, 2299, 2300], 7]);
    // Who leaves it is not watched any more after the next one.
    state.validators[50] = { ...state.validators[50], withdrawalCredentials: credentials(51) };
    time.nowMs += 24 * 60 * 60 * 1000;
    await list.resolve();
    expect(indices(list)).toEqual([4, 2299, 2300]);
  });

  it('keep those that were found while a later scan fails, which then goes on where it stopped', async () => {
    const { listOf, node, time, asked } = await world(2300);
    const list = listOf({ words: [withdrawalAddress(4), withdrawalAddress(2299)] });
    await list.resolve();
    time.nowMs += 24 * 60 * 60 * 1000;
    node.faults.add(/validators$/, { kind: 'status', status: 500 });
    await list.resolve();
    expect([indices(list), list.problems().length]).toEqual([[4, 2299], 1]);
    node.faults.clear();
    await list.resolve();
    expect([indices(list), list.problems().length, asked()]).toEqual([[4, 2299], 0, 3 + 1 + 3]);
  });
});

it('100,000 keys are resolved, a thousand at a time', async () => {
  const sizes: number[] = [];
  const server = await startBeaconServer(({ body }, response) => {
    const { ids } = JSON.parse(body) as { ids: string[] };
    sizes.push(ids.length);
    const data = ids.map((index) => ({
      ...{ index, balance: '32000000000', status: 'active_ongoing' },
      validator: {
        pubkey: `0x${Number(index).toString(16).padStart(96, '0')}`,
        withdrawal_credentials: `0x${'00'.repeat(32)}`,
        ...{ effective_balance: '32000000000', slashed: false },
        ...{ activation_eligibility_epoch: '0', activation_epoch: '0' },
        ...{ exit_epoch: '18446744073709551615', withdrawable_epoch: '18446744073709551615' },
      },
    }));
    json({ execution_optimistic: false, finalized: false, data })({} as never, response);
  });
  const client = clientOf(server);
  const list = new WatchList(
    { words: ['0-99999'], file: null },
    { ask: (call, signal) => client.ask(call, signal), log: createLogger('silent') },
  );
  await list.resolve();
  expect(list.current()).toHaveLength(100_000);
  expect([sizes.length, Math.max(...sizes)]).toEqual([100, 1000]);
  await list.resolve();
  expect(sizes).toHaveLength(100);
});

it('settings say who is watched, and whether anybody is', () => {
  const folder = tempDirectory();
  const none = watchListOptions({ 'watch': [], 'watch-file': null, 'data-dir': folder });
  expect(watchesAnybody(none)).toBe(false);
  checkWatchList(none);
  writeFileSync(join(folder, 'monitor.yaml'), 'watch: [{}]');
  expect(watchesAnybody(none)).toBe(true);
  expect(() => checkWatchList(none)).toThrow('names nobody');
  expect(() => checkWatchList({ words: ['x'], file: null })).toThrow('--watch x');
  expect(watchListOptions({ 'watch': ['5'], 'watch-file': '/x.yaml', 'data-dir': folder })).toEqual({
    words: ['5'],
    file: { path: '/x.yaml', required: true },
  });
});
