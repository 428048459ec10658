import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SimulationOptions } from '../../../devnet/simulation/create-simulation.ts';
import { createSimulation } from './minimal-chain.ts';

const { ssz } = await import('@lodestar/types');
const { DevnetBeaconNode } = await import('../../../devnet/api/beacon-node.ts');
const { RealSignatures } = await import('../../../devnet/chain/signatures.ts');
const { ScriptedFaults, RandomFaults } = await import('../../../devnet/simulation/faults.ts');

const keys = new RealSignatures();

function chain(options: Partial<SimulationOptions> = {}) {
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 16, seed: 'api', signatures: 'none' },
    pubkey: (index) => keys.pubkeyOf(index),
    ...options,
  });
  const node = new DevnetBeaconNode(sim);
  onTestFinished(() => node.close());
  const ask = async (request: string, body?: unknown, headers: Record<string, string> = {}) => {
    const [method, url] = request.split(' ') as ['GET' | 'POST', string];
    const payload = body === undefined ? {} : { payload: body as object };
    return node.server.inject({ method, url, headers, ...payload });
  };
  const data = async <Data>(request: string, body?: unknown): Promise<Data> =>
    (await ask(request, body)).json<{ data: Data }>().data;
  return { sim, node, ask, data };
}

interface Recorded {
  readonly request: string;
  readonly body?: unknown;
  readonly shape: unknown;
}
const recorded = JSON.parse(readFileSync(new URL('recorded-shapes.json', import.meta.url), 'utf8')) as Record<
  string,
  Recorded
>;

function kindOf(value: unknown): string {
  if (typeof value !== 'string') return typeof value;
  if (/^-?\d+(\.\d+)?$/.test(value)) return 'decimal';
  if (!/^0x[0-9a-f]*$/.test(value)) return 'text';
  const length = (value.length - 2) / 2;
  return [4, 20, 32, 48, 96, 256].includes(length) ? `hex ${length}` : 'hex';
}

type Members = Record<string, unknown>;
type Row = Record<string, string>;
interface HeaderData {
  readonly canonical: boolean;
  readonly header: { readonly message: Row };
}
interface AttestationRewards {
  readonly ideal_rewards: Row[];
  readonly total_rewards: Row[];
}

/** Where an answer differs in keys or kinds of values from the recorded one. */
function differences(shape: unknown, answer: unknown, path: string, mustHave: boolean): string[] {
  if (Array.isArray(shape)) {
    if (!Array.isArray(answer)) return [`${path} is no array`];
    if (shape.length === 0) return [];
    if (mustHave && answer.length === 0) return [`${path} is empty`];
    return answer.flatMap((item, at) => differences(shape[0], item, `${path}[${at}]`, false));
  }
  if (typeof shape === 'object' && shape !== null) {
    if (typeof answer !== 'object' || answer === null) return [`${path} is no object`];
    const [wanted, got] = [Object.keys(shape), Object.keys(answer)];
    const missing = wanted.filter((key) => !got.includes(key)).map((key) => `${path}.${key} is missing`);
    const extra = got.filter((key) => !wanted.includes(key)).map((key) => `${path}.${key} is extra`);
    const inner = wanted
      .filter((key) => got.includes(key))
      .flatMap((key) =>
        differences((shape as Members)[key], (answer as Members)[key], `${path}.${key}`, key === 'data'),
      );
    return [...missing, ...extra, ...inner];
  }
  const kind = kindOf(answer);
  const fits = shape === kind || (shape === 'hex' && kind.startsWith('hex'));
  return fits ? [] : [`${path} is ${kind}, recorded was ${String(shape)}`];
}

describe('answers', () => {
  it('have the keys and kinds of those of a consensus client, request by request', async () => {
    // The recorded chain: sixteen interop validators, head at slot 68.
    const { sim, ask } = chain();
    while (sim.slot < 67) sim.runSlot();
    sim.beginSlot();
    sim.attest();
    const problems: string[] = [];
    for (const [name, { request, body, shape }] of Object.entries(recorded)) {
      const response = await ask(request, body);
      if (response.statusCode !== 200) problems.push(`${name}: ${response.statusCode} ${response.body}`);
      else problems.push(...differences(shape, response.json(), name, true));
    }
    // Statuses may be groups, which that client did not know: it answered nobody for "active".
    expect(problems).toEqual([]);
    expect(Object.keys(recorded).length).toBeGreaterThan(40);
  });

  it('are errors with code and message where that client gave errors', async () => {
    const { sim, ask } = chain();
    sim.runEpochs(2);
    const cases = [
      ['GET /eth/v1/beacon/headers/1068', 404],
      ['GET /eth/v1/beacon/states/nonsense/validators', 400],
      ['GET /eth/v1/beacon/states/head/validators/9999', 404],
      ['GET /eth/v1/validator/duties/proposer/abc', 400],
      ['GET /eth/v1/validator/duties/proposer/11', 400],
      ['GET /eth/v1/beacon/pool/attestations', 400],
      ['GET /eth/v1/events?topics=head,nonsense', 400],
      ['GET /eth/v1/beacon/nothing', 404],
    ] as const;
    for (const [request, status] of cases) {
      const response = await ask(request);
      expect([request, response.statusCode]).toEqual([request, status]);
      expect(response.json()).toMatchObject({ code: status, message: expect.stringMatching(/./) as string });
    }
    const old = await ask('POST /eth/v1/beacon/rewards/attestations/7', []);
    expect(old.statusCode).toBe(404);
  });

  it('give the same block as JSON and as SSZ, with the root that its hash tree has', async () => {
    const { sim, ask, data } = chain();
    sim.runEpochs(2);
    const response = await ask('GET /eth/v2/beacon/blocks/head', undefined, {
      accept: 'application/octet-stream',
    });
    expect(response.headers['eth-consensus-version']).toBe('electra');
    const block = ssz.electra.SignedBeaconBlock.deserialize(new Uint8Array(response.rawPayload));
    expect(ssz.electra.SignedBeaconBlock.toJson(block)).toEqual(await data('GET /eth/v2/beacon/blocks/head'));
    const root = `0x${Buffer.from(ssz.electra.BeaconBlock.hashTreeRoot(block.message)).toString('hex')}`;
    expect((await data<Row>('GET /eth/v1/beacon/blocks/head/root'))['root']).toBe(root);
    const header = (await data<HeaderData>('GET /eth/v1/beacon/headers/head')).header.message;
    const fromHeader = ssz.phase0.BeaconBlockHeader.hashTreeRoot(
      ssz.phase0.BeaconBlockHeader.fromJson(header),
    );
    expect(`0x${Buffer.from(fromHeader).toString('hex')}`).toBe(root);
  });

  it('give balances as sixteen bytes each when SSZ is wanted', async () => {
    const { sim, ask, data } = chain();
    sim.runEpochs(1);
    const path = 'POST /eth/v1/beacon/states/head/validator_balances';
    const { rawPayload } = await ask(path, ['3', '5'], { accept: 'application/octet-stream' });
    const json = await data<Row[]>(path, ['3', '5']);
    expect(rawPayload).toHaveLength(32);
    expect(rawPayload.readBigUInt64LE(16).toString()).toBe(json[1]!['index']);
    expect(rawPayload.readBigUInt64LE(24).toString()).toBe(json[1]!['balance']);
  });

  it('let go of old states, but not of blocks', async () => {
    const { sim, ask } = chain({ keepEpochs: 1 });
    sim.runEpochs(8);
    expect((await ask('GET /eth/v1/beacon/states/9/validators')).statusCode).toBe(404);
    expect((await ask('GET /eth/v2/beacon/blocks/9')).statusCode).toBe(200);
    expect((await ask('GET /eth/v1/beacon/states/finalized/validators')).statusCode).toBe(200);
  });
});

describe('rewards', () => {
  const TROUBLE = { missedBlocks: 0.1, lateBlocks: 0.1, missedVotes: 0.1, lateVotes: 0.1, missedSync: 0.1 };

  it('of all endpoints together are the changes of the balances', async () => {
    const { sim, data } = chain({
      faults: new RandomFaults('rewards', TROUBLE),
      withdrawalCredentials: () => `0x00${'11'.repeat(31)}`,
    });
    sim.runEpochs(7);
    // From the last slot of epoch 1 to the last of epoch 5: the votes of epochs 0 to 3 are credited in between.
    const [from, to] = [15, 47];
    const sums = Array.from({ length: 16 }, () => 0n);
    const credit = (row: Row, id: string, columns: readonly string[]) => {
      for (const column of columns) sums[Number(row[id])]! += BigInt(row[column]!);
    };
    for (const epoch of [0, 1, 2, 3]) {
      const path = `POST /eth/v1/beacon/rewards/attestations/${epoch}`;
      const { total_rewards: rows } = await data<AttestationRewards>(path, []);
      for (const row of rows) credit(row, 'validator_index', ['head', 'target', 'source', 'inactivity']);
    }
    for (let slot = from + 1; slot <= to; slot += 1) {
      if (sim.tree.canonicalAt(slot) === undefined) continue;
      const block = await data<Row>(`GET /eth/v1/beacon/rewards/blocks/${slot}`);
      const parts = ['attestations', 'sync_aggregate', 'proposer_slashings', 'attester_slashings'];
      expect(parts.reduce((sum, part) => sum + BigInt(block[part]!), 0n)).toBe(BigInt(block['total']!));
      credit(block, 'proposer_index', ['total']);
      const rows = await data<Row[]>(`POST /eth/v1/beacon/rewards/sync_committee/${slot}`, []);
      for (const row of rows) credit(row, 'validator_index', ['reward']);
    }
    const balancesAt = async (slot: number) => {
      const rows = await data<Row[]>(`POST /eth/v1/beacon/states/${slot}/validator_balances`, []);
      return rows.map((row) => BigInt(row['balance']!));
    };
    const before = await balancesAt(from);
    const after = await balancesAt(to);
    expect(after.map((balance, index) => balance - before[index]!)).toEqual(sums);
  });

  it('of a perfect vote are the ideal ones', async () => {
    const { sim, data } = chain();
    sim.runEpochs(4);
    const path = 'POST /eth/v1/beacon/rewards/attestations/1';
    const { ideal_rewards: ideal, total_rewards: total } = await data<AttestationRewards>(path, ['3']);
    expect(total).toHaveLength(1);
    const of32 = ideal.find((row) => row['effective_balance'] === '32000000000')!;
    expect(total[0]).toMatchObject({ head: of32['head'], target: of32['target'], source: of32['source'] });
    // 512 ETH in all: 64e9 over the root of 512e9 is 89442 a increment, times 32.
    expect(BigInt(of32['head']!)).toBe((89_442n * 32n * 14n) / 64n);
  });
});

describe('duties', () => {
  it('are those that the chain then sees done', async () => {
    const { sim, data } = chain();
    sim.runEpochs(2);
    const all = [...Array(16).keys()].map(String);
    const attesters = await data<Row[]>('POST /eth/v1/validator/duties/attester/3', all);
    const proposers = await data<Row[]>('GET /eth/v1/validator/duties/proposer/2');
    sim.runEpochs(3);
    const votes = sim.truth.votes(3);
    expect(new Map(attesters.map((duty) => [Number(duty['validator_index']), Number(duty['slot'])]))).toEqual(
      new Map(votes.map(({ validator, slot }) => [validator, slot])),
    );
    expect(proposers.map((duty) => Number(duty['validator_index']))).toEqual(
      sim.truth.proposals(2).map(({ proposer }) => proposer),
    );
  });

  it('have a liveness that is what the node saw', async () => {
    const faults = new ScriptedFaults().offline([3], 1, 100);
    const { sim, data } = chain({ faults });
    sim.runEpochs(2);
    const live = await data('POST /eth/v1/validator/liveness/1', ['2', '3']);
    expect(live).toEqual([
      { index: '2', is_live: true },
      { index: '3', is_live: false },
    ]);
  });
});

describe('an orphaned block', () => {
  it('is found among the headers of its slot, not canonical', async () => {
    const { sim, data } = chain({
      faults: new ScriptedFaults().setBlock(10, 'orphaned').setBlock(12, 'missed'),
    });
    sim.runEpochs(2);
    const canonical = async (slot: number) => {
      const headers = await data<HeaderData[]>(`GET /eth/v1/beacon/headers?slot=${slot}`);
      return headers.map((header) => header.canonical);
    };
    expect([await canonical(10), await canonical(11), await canonical(12)]).toEqual([[false], [true], []]);
  });
});

describe('a node that does not do well', () => {
  it('lags: its head, its states and its checkpoints are older', async () => {
    const { sim, node, ask, data } = chain();
    sim.runEpochs(4);
    node.conditions.lagSlots = 10;
    const syncing = await data('GET /eth/v1/node/syncing');
    expect(syncing).toMatchObject({ head_slot: '22', sync_distance: '10' });
    expect((await data<HeaderData>('GET /eth/v1/beacon/headers/head')).header.message['slot']).toBe('22');
    expect((await ask('GET /eth/v1/beacon/states/25/validators')).statusCode).toBe(404);
    expect((await ask('GET /eth/v2/beacon/blocks/25')).statusCode).toBe(404);
  });

  it('syncs: it says so, and does not serve validators', async () => {
    const { sim, node, ask, data } = chain();
    sim.runEpochs(1);
    node.conditions.syncing = true;
    expect((await ask('GET /eth/v1/node/health')).statusCode).toBe(206);
    expect(await data('GET /eth/v1/node/syncing')).toMatchObject({ is_syncing: true });
    expect((await ask('GET /eth/v1/validator/duties/proposer/1')).statusCode).toBe(503);
    node.conditions.syncing = false;
    expect((await ask('GET /eth/v1/validator/duties/proposer/1')).statusCode).toBe(200);
  });

  it('is optimistic, and every answer says so', async () => {
    const { sim, node, ask } = chain();
    sim.runEpochs(1);
    node.conditions.optimistic = true;
    expect((await ask('GET /eth/v1/beacon/headers/head')).json()).toMatchObject({
      execution_optimistic: true,
    });
  });

  it('fails at one endpoint for as many times as asked', async () => {
    const { sim, node, ask } = chain();
    sim.runEpochs(1);
    node.faults.add(/\/headers\/head$/, { kind: 'status', status: 500 }, 2);
    const statuses = [];
    for (let time = 0; time < 3; time += 1)
      statuses.push((await ask('GET /eth/v1/beacon/headers/head')).statusCode);
    expect(statuses).toEqual([500, 500, 200]);
    expect((await ask('GET /eth/v1/beacon/genesis')).statusCode).toBe(200);
  });

  it('answers wrongly where asked to', async () => {
    const { sim, node, data } = chain();
    sim.runEpochs(1);
    const lie = (answer: unknown) => ({ ...(answer as object), data: { root: `0x${'00'.repeat(32)}` } });
    node.faults.add(/\/blocks\/head\/root$/, { kind: 'wrong', change: lie });
    expect(await data('GET /eth/v1/beacon/blocks/head/root')).toEqual({ root: `0x${'00'.repeat(32)}` });
  });

  it('never answers, until the caller gives up', async () => {
    const { node } = chain();
    const url = await node.listen();
    node.faults.add(/genesis/, { kind: 'timeout' }, 1);
    const gaveUp = fetch(`${url}/eth/v1/beacon/genesis`, { signal: AbortSignal.timeout(100) });
    await expect(gaveUp).rejects.toThrow();
    expect((await fetch(`${url}/eth/v1/beacon/genesis`)).status).toBe(200);
  });
});

describe('events', () => {
  interface Told {
    readonly topic: string;
    readonly data: Record<string, string>;
  }

  async function listen(url: string, topics: string): Promise<{ until: (count: number) => Promise<Told[]> }> {
    const request = get(`${url}/eth/v1/events?topics=${topics}`);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    onTestFinished(() => void request.destroy());
    let text = '';
    const told = (): Told[] =>
      [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, topic, data]) => ({
        topic: topic!,
        data: JSON.parse(data!) as Record<string, string>,
      }));
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    return {
      until: async (count) => {
        while (told().length < count) await once(response, 'data');
        return told();
      },
    };
  }

  it('tell of blocks, heads, re-orgs and finality, only those asked for', async () => {
    const { sim, node } = chain({ faults: new ScriptedFaults().setBlock(3, 'orphaned') });
    const url = await node.listen();
    const events = await listen(url, 'head,chain_reorg&topics=finalized_checkpoint');
    sim.runEpochs(4);
    const told = await events.until(32 + 1 + 1);
    expect(told.filter(({ topic }) => topic === 'head')).toHaveLength(32);
    const [reorg] = told.filter(({ topic }) => topic === 'chain_reorg');
    expect(reorg!.data).toMatchObject({ slot: '4', depth: '1', epoch: '0' });
    const [finalized] = told.filter(({ topic }) => topic === 'finalized_checkpoint');
    expect(finalized!.data).toMatchObject({ epoch: '2', block: sim.tree.canonicalAt(16)!.root });
    expect(new Set(told.map(({ topic }) => topic))).toEqual(
      new Set(['head', 'chain_reorg', 'finalized_checkpoint']),
    );
    expect(told.find(({ data }) => data['slot'] === '8')!.data).toMatchObject({ epoch_transition: true });
  });

  it('can be cut off, and listened to again', async () => {
    const { sim, node } = chain();
    const url = await node.listen();
    const request = get(`${url}/eth/v1/events?topics=head`);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const closed = new Promise((resolve) => response.on('error', () => undefined).once('close', resolve));
    node.disconnectEvents();
    await closed;
    const events = await listen(url, 'head');
    sim.runSlot();
    expect((await events.until(1))[0]!.data).toMatchObject({ slot: '1' });
  });
});
