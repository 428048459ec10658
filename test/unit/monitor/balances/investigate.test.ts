import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import { investigate } from '../../../../monitor/balances/index.ts';
import { clientOf, startBeaconServer } from '../../../support/beacon-server.ts';
import { credentials, epochIn, epochOf, ETH, pubkeyOf, stateOf } from '../ledger/made-up-epoch.ts';

const electra = epochIn('electra');
const { spec } = epochOf(electra, null, stateOf(1));
const fork = spec.forks.find(({ name }) => name === 'electra')!.epoch;

const deposit = (index: number, eth: bigint, at: bigint) => ({
  ...{ pubkey: pubkeyOf(index), withdrawal_credentials: credentials('02') },
  ...{ amount: (eth * ETH).toString(), signature: '0x', slot: at.toString() },
});
const consolidation = (source: number, target: number) => ({
  source_index: source.toString(),
  target_index: target.toString(),
});
const stateJson = (index: number, slashed = false) => ({
  ...{ index: index.toString(), balance: (33n * ETH).toString(), status: 'withdrawal_possible' },
  validator: {
    ...{ pubkey: pubkeyOf(index), withdrawal_credentials: credentials('01'), slashed },
    ...{ effective_balance: (32n * ETH).toString(), activation_eligibility_epoch: '0' },
    ...{ activation_epoch: '0', exit_epoch: '1', withdrawable_epoch: '2' },
  },
});

/** A node with these answers, by the end of the path. */
async function nodeWith(answers: Record<string, unknown>) {
  const server = await startBeaconServer(({ url }, response) => {
    const found = Object.entries(answers).find(([end]) => url.endsWith(end));
    response.writeHead(found === undefined ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ finalized: true, data: found?.[1] ?? [] }));
  });
  return { client: clientOf(server), server };
}

const asking = (number: bigint, startSlot = number * 32n) => ({
  ...{ spec, epoch: epoch(number) },
  unexplained: [
    { validatorIndex: 1, gwei: ETH, startSlot: slot(startSlot), endSlot: slot(number * 32n + 31n) },
  ],
  opening: new Map([[1, stateOf(1)]]),
  closing: new Map([
    [1, stateOf(1)],
    [2, stateOf(2)],
  ]),
});

describe('queues are not asked', () => {
  it.each([
    ['before Electra', asking(epochIn('deneb'))],
    ['for what happened after the transition', asking(electra, electra * 32n + 1n)],
    ['at genesis', asking(0n)],
  ])('%s', async (_name, investigation) => {
    const { client, server } = await nodeWith({});
    expect(await investigate(client, investigation)).toBeNull();
    expect(server.requests).toEqual([]);
  });
});

describe('what left the queues', () => {
  const [before, after] = [electra * 32n - 1n, electra * 32n];

  it('is what was applied to those who are watched, in its order', async () => {
    const earlier = [
      deposit(9, 1n, 5n),
      deposit(1, 2n, 6n),
      deposit(2, 3n, 7n),
      deposit(1, 2n, 6n),
      deposit(1, 4n, 8n),
    ];
    const { client } = await nodeWith({
      [`${before}/pending_deposits`]: earlier,
      // One of two alike is still there, and a new one came with the block of the first slot.
      [`${after}/pending_deposits`]: [deposit(1, 2n, 6n), deposit(2, 5n, after)],
      [`${before}/pending_consolidations`]: [],
    });
    expect(await investigate(client, asking(electra))).toEqual({
      deposits: [
        [1, 2n, 6n],
        [2, 3n, 7n],
        [1, 4n, 8n],
      ].map(([index, eth, at]) => ({
        ...{ pubkey: pubkeyOf(index as number), withdrawalCredentials: credentials('02') },
        ...{ amountGwei: (eth as bigint) * ETH, slot: at },
      })),
      ...{ consolidations: [], returned: [] },
    });
  });

  it('is what was consolidated, but for sources that were slashed meanwhile', async () => {
    const { client, server } = await nodeWith({
      ...{ [`${before}/pending_deposits`]: [], [`${after}/pending_deposits`]: [] },
      [`${before}/pending_consolidations`]: [
        ...[consolidation(7, 1), consolidation(1, 8), consolidation(6, 2)],
        ...[consolidation(5, 4), consolidation(3, 1)],
      ],
      [`${after}/pending_consolidations`]: [consolidation(3, 1)],
      [`${before}/validators`]: [stateJson(1), stateJson(7), stateJson(6, true)],
    });
    const facts = { balanceGwei: 33n * ETH, effectiveBalanceGwei: 32n * ETH };
    expect((await investigate(client, asking(electra)))!.consolidations).toEqual([
      { source: 7, target: 1, ...facts },
      { source: 1, target: 8, ...facts },
    ]);
    const asked = server.requests.find(({ url }) => url.endsWith('/validators'))!;
    expect(JSON.parse(asked.body)).toEqual({ ids: ['7', '1', '6'] });
  });

  it('at the fork to Electra is nothing; what it emptied into the queue is there', async () => {
    const { client, server } = await nodeWith({
      [`${fork * 32n}/pending_deposits`]: [
        deposit(1, 5n, 0n),
        deposit(2, 6n, 0n),
        deposit(1, 7n, fork * 32n),
      ],
    });
    const investigation = asking(fork);
    investigation.opening.set(1, stateOf(1, { withdrawalCredentials: credentials('01') }));
    // The second one asked for it in the first block.
    investigation.opening.set(2, stateOf(2, { withdrawalCredentials: credentials('00') }));
    const found = await investigate(client, investigation);
    expect(found).toMatchObject({ deposits: [], consolidations: [] });
    expect(found!.returned.map(({ amountGwei }) => amountGwei)).toEqual([5n * ETH]);
    expect(server.requests.map(({ url }) => url).filter((url) => url.includes(`${fork * 32n - 1n}`))).toEqual(
      [],
    );
  });

  it('is not guessed from a node that does not say', async () => {
    const { client } = await nodeWith({ [`${before}/pending_deposits`]: [] });
    await expect(investigate(client, asking(electra))).rejects.toMatchObject({ code: 'BEACON_REFUSED' });
  });
});
