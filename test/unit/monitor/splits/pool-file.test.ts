import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describePool } from '../../../../monitor/splits/config/describe-pool.ts';
import { examplePool } from '../../../../monitor/splits/config/example-pool.ts';
import { PRESETS } from '../../../../monitor/splits/config/pool.ts';
import { parsePool, readPoolFile } from '../../../../monitor/splits/config/read-pool-file.ts';
import { address, person, poolText } from '../../../support/splits-fixture.ts';

const TWO = [person('alice', 1), person('bob', 2)];

const BARE = [person('alice', 1, ''), person('bob', 2, '')];

const complaint = (text: string): string => {
  try {
    parsePool(text, 'pool.yaml');
  } catch (error) {
    expect(error).toMatchObject({ code: 'POOL_FILE_INVALID', exitCode: 2 });
    return (error as Error).message;
  }
  throw new Error('the pool was accepted');
};

test('a file that is not there is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-pool-'));
  expect(() => readPoolFile(join(folder, 'no.yaml'))).toThrow('no.yaml cannot be read');
  rmSync(folder, { recursive: true });
});

test.each([
  ['', 'version is missing (it must be 1)'],
  ['version: 2', 'pool.yaml:1: version must be 1'],
  [': : :', 'pool.yaml'],
  [
    '# a comment\n- version: 1',
    'pool.yaml:2: the pool must be lines of "name: value" such as "version: 1", it is a list',
  ],
  [
    '\nversion 1',
    'pool.yaml:2: the pool must be lines of "name: value" such as "version: 1", it is plain text',
  ],
  [
    poolText(TWO, 'commission: [{to: alice, rate: 5%, performance: {}}]'),
    'commission.0.performance needs network-minus or at-least',
  ],
  [poolText(TWO, 'roundin: carry'), 'pool.yaml:8: roundin is not known, did you mean rounding?'],
  [poolText(TWO, 'commission: [{to: alice, rat: 5%}]'), 'commission.0.rat is not known, did you mean rate?'],
  [poolText(TWO, 'commission: [{to: carol, rate: 5%}]'), 'commission.0.to names no participant: carol'],
  [poolText(TWO, 'commission: [{to: alice, rate: 101%}]'), 'at most 100%'],
  [poolText(TWO, 'commission: [{to: alice}]'), 'needs rate or tiers'],
  [poolText(TWO, 'commission: [{to: alice, rate: 60%}, {to: bob, rate: 41%}]'), 'more than 100% together'],
  [
    poolText(TWO, 'commission: [{to: alice, tiers: {kind: flat, table: [{rate: 1%}, {rate: 2%}]}}]'),
    'tiers.table.0 needs up-to',
  ],
  [
    poolText(TWO, 'commission: [{to: alice, rate: 1%, from: 2026-02-01, until: 2026-01-01}]'),
    'until must be later than from',
  ],
  [poolText([person('alice', 1), person('alice', 2)]), 'participants.1.id is there twice'],
  [poolText([person('alice', 1), person('bob', 1)]), 'participants.1.address is that of alice too'],
  [poolText([person('../etc', 1)]), 'must be an id'],
  [poolText([person('Alice', 1)]), 'must be an id'],
  [poolText([person('alice', 0)]), 'is the zero address'],
  [poolText([`id: alice, address: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed"`]), 'wrong checksum (EIP-55)'],
  [poolText([person('alice', 1, 'stake: [{eth: 1.0000000000000000001}]')]), 'at most 18'],
  [poolText([person('alice', 1, 'stake: [{eth: -1}]')]), 'must not be negative'],
  [poolText([person('alice', 1, 'stake: [{eth: 1e3}]')]), 'amount of ETH'],
  [poolText([person('alice', 1, 'stake: [{units: 1}]')]), 'this pool weighs by stake in eth'],
  [
    poolText([person('alice', 1, 'stake: [{from: 2026-02-01, eth: 1}, {from: 2026-01-01, eth: 2}]')]),
    'must be later than the one before',
  ],
  [poolText([person('alice', 1, 'stake: [{from: 2026-02-30, eth: 1}]')]), 'must be a UTC date'],
  [poolText([person('alice', 1, 'stake: [{from: "2026-02-30T00:00:00Z", eth: 1}]')]), 'must be a UTC date'],
  [poolText([person('alice', 1, 'stake: [{from: "2026-02-03T24:00:00Z", eth: 1}]')]), 'must be a UTC date'],
  [poolText(TWO, 'rounding: floor-to:carol'), 'rounding names no participant: carol'],
  [poolText(TWO, 'loss: {bonds: {carol: 4}}'), 'names no participant: carol'],
  [poolText(TWO, 'expenses: [{label: Rent, on: 2026-01-01, eth: 0}]'), 'more than zero'],
  [poolText(TWO, 'weights: {by: stake, measure: slots}'), 'weights.measure is only for'],
  [poolText(TWO, '', '  - {tags: [a], all: true}'), 'exactly one of'],
  [poolText(TWO, '', '  - {indices: ["20-10"]}'), 'first index above its last'],
  [
    poolText(BARE, 'preset: lido-csm\nrounding: carry', '  - {tags: [a], operator: alice}'),
    'must be floor-to',
  ],
  [
    poolText(BARE, 'preset: lido-csm\ncommission: []', '  - {tags: [a], operator: alice}'),
    'not for the preset',
  ],
  [
    poolText(
      BARE,
      'preset: rocket-pool-minipool\nrounding: floor-to:bob',
      '  - {tags: [a], operator: alice}',
    ),
    'needs bond and fee',
  ],
  [poolText(TWO, 'performance: {network-minus: 3%, at-least: 90%}'), 'exclude each other'],
  [poolText(TWO, '', '  - {tags: [a], bond: 8}'), 'validators.0.bond has no meaning here'],
  [poolText(TWO, '', '  - {tags: [a], fee: 5%}'), 'what an operator earns is commission'],
  [poolText(TWO, '', '  - {tags: [a], owners: {alice: 1}}'), 'validators.0.owners has no meaning here'],
  [poolText(TWO, 'loss: {policy: operator-bond-first}'), 'loss.bonds names no bond'],
  [poolText(TWO, 'expenses: *nowhere'), 'pool.yaml:1: the pool has aliases that cannot be used'],
  [poolText(TWO, 'loss: {bonds: {__proto__: 4}}'), 'loss.bonds.__proto__ is no name'],
  [
    poolText(
      BARE,
      'preset: rocket-pool-smoothing-pool\nrounding: floor-to:bob\nincome: {cl: true}',
      '  - {tags: [a], operator: alice, bond: 8, fee: 5%}',
    ),
    'income.cl must be false for this preset',
  ],
])('a pool is refused with its place: %#', (text, expected) => {
  expect(complaint(text)).toContain(expected);
});

test.each([null, ...PRESETS])('the example for %s is a pool, and can be told in words', (preset) => {
  const { pool } = parsePool(examplePool(preset), 'pool.yaml');
  const words = describePool(pool).join('\n');
  expect(pool.preset).toBe(preset);
  for (const { id } of pool.participants) expect(words).toContain(id);
});

test('participants are in id order, whatever their order in the file', () => {
  const ids = (texts: readonly string[]) =>
    parsePool(poolText(texts), 'p').pool.participants.map(({ id }) => id);
  expect(ids([person('b', 2), person('a-1', 1), person('a', 3)])).toEqual(['a', 'a-1', 'b']);
});

test('the words say what changes money', () => {
  const words = describePool(
    parsePool(
      poolText(
        TWO,
        'commission: [{to: bob, rate: 7.25%, basis: el}]\nloss: {policy: pro-rata}\nminimum-payout: 0.05\nrounding: carry',
      ),
      'p',
    ).pool,
  ).join('\n');
  for (const said of [
    '7.25% on execution-layer income',
    'shared out by weight',
    'below 0.05 ETH',
    address(1),
  ])
    expect(words).toContain(said);
});

test('the hash is of the text as it is', () => {
  const text = poolText(TWO);
  expect(parsePool(text, 'a').hash).not.toBe(parsePool(`${text}\n# a remark`, 'a').hash);
  expect(parsePool(text, 'a').hash).toBe(parsePool(text, 'b').hash);
});

test('aliases that grow without end are refused, not followed', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [pair[0], pair[1]]))
    bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${of}`).join(',')}]`);
  expect(complaint(bomb.join('\n'))).toContain('aliases that cannot be used');
});

test('in a pool of GNO every amount is said in GNO', () => {
  const text = poolText(
    TWO,
    'income: {el: false}\ncommission: [{to: alice, tiers: {kind: flat, table: [{up-to: 1, rate: 5%}, {rate: 1%}]}}]',
  ).replace('network: mainnet', 'network: gnosis');
  const words = describePool(parsePool(text, 'pool.yaml').pool).join('\n');
  expect(words).toContain('up to 1 GNO');
  expect(words).not.toContain('ETH');
});
