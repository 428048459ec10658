import { expect, test } from 'vitest';
import { describePool } from '../../../../monitor/splits/config/describe-pool.ts';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import { ACCEPT_NOTHING } from '../../../../monitor/splits/manifest/acceptance.ts';
import { produceSplit } from '../../../../monitor/splits/manifest/produce-split.ts';
import { EMPTY_STATE } from '../../../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { person, poolText } from '../../../support/splits-fixture.ts';
import { attested, CHAIN, MemoryLedger, row } from '../../../support/splits-ledger.ts';

/** On Gnosis Chain the layers pay in two currencies: 32 gwei of a balance are a gwei of GNO, blocks pay xDAI. */
const GNOSIS = { ...CHAIN, network: 'gnosis', chainId: 100n, slotDurationMs: 5_000n, slotsPerEpoch: 16n };
const paid = [
  { slot: 5n, amountWei: 7n * 10n ** 15n, kind: 'mev', method: 'relay', confidence: 'exact' },
] as const;
const ROWS = [row(7, 1, { ...attested(32_000_000), endSlot: 17_279n, execution: paid })];
const pool = (network: string, more: string) =>
  poolText([person('ann', 1)], `${more}\ntax: {formats: [koinly]}`).replace(
    'network: mainnet',
    `network: ${network}`,
  );

function files(text: string, chain = GNOSIS): Map<string, string> {
  const found = new Map<string, string>();
  produceSplit(
    {
      ...{ ledger: new MemoryLedger(ROWS, { chain }), source: parsePool(text, 'pool.yaml') },
      ...{ period: parsePeriod('2026-01-01', chain), opening: EMPTY_STATE },
      ...{ acceptance: ACCEPT_NOTHING, toolVersion: '0.1.0' },
    },
    ({ name, text: content }) => found.set(name, content),
  );
  return found;
}

test.each(['gnosis', 'chiado'])('a pool on %s that would add GNO and xDAI is refused', (network) => {
  expect(() => parsePool(pool(network, ''), 'pool.yaml')).toThrow('income counts the GNO');
  expect(() => parsePool(pool(network, 'income: {mev: false}'), 'pool.yaml')).toThrow(
    'pool.yaml:7: income counts',
  );
});

test('a chain that has another name is known by its id', () => {
  expect(() => files(pool('mine', ''), { ...GNOSIS, network: 'mine' })).toThrow(
    expect.objectContaining({ code: 'SPLIT_IMPOSSIBLE', message: expect.stringContaining('xDAI') as string }),
  );
});

test('consensus income is GNO: a 32nd of the balance, labelled, and not paid by plain transfers', () => {
  const made = files(pool('gnosis', 'income: {el: false}'));
  expect(made.get('payouts.csv')).toContain('amount_gno,amount_wei\nann,ann');
  expect(made.get('payouts.csv')).toContain(',0.001,1000000000000000');
  expect(made.get('tax/ann.koinly.csv')).toContain('0.001,GNO,reward');
  expect(made.get('statements/ann.html')).toContain('<th>GNO</th>');
  expect([...made.values()].join('')).not.toMatch(/\bETH\b|amount_eth/);
  for (const name of ['safe-transactions.json', 'safe-airdrop.csv', 'disperse.txt'])
    expect(made.has(name)).toBe(false);
  expect(JSON.parse(made.get('manifest.json') ?? '')).toMatchObject({ currency: 'GNO' });
});

test('execution income is xDAI, the coin of the chain', () => {
  const made = files(pool('gnosis', 'income: {cl: false}'));
  expect(made.get('payouts.csv')).toContain('amount_xdai');
  expect(made.get('disperse.txt')).toContain(',0.007');
});

test('check says what the amounts are', () => {
  const text = pool('gnosis', 'income: {el: false}\nminimum-payout: 0.5');
  const words = describePool(parsePool(text, 'pool.yaml').pool).join('\n');
  expect(words).toContain('every amount is in GNO');
  expect(words).toContain('balances below 0.5 GNO');
});
