import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describePool } from '../../../../monitor/splits/config/describe-pool.ts';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import { explainParticipant } from '../../../../monitor/splits/manifest/explain-participant.ts';
import { OutputFolder } from '../../../../monitor/splits/manifest/output-folder.ts';
import { produceSplit } from '../../../../monitor/splits/manifest/produce-split.ts';
import { readManifest } from '../../../../monitor/splits/manifest/read-manifest.ts';
import { EMPTY_STATE, type PayoutState } from '../../../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { inFolder } from '../../../support/splits-files.ts';
import { lineOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import { attested, CHAIN, duties, MemoryLedger, row } from '../../../support/splits-ledger.ts';

const NODES = [person('one', 1, ''), person('two', 2, ''), person('rest', 3, '')];
const RULES = '  - {indices: ["1-2"], operator: one}\n  - {indices: ["3-4"], operator: two}';
const pool = (more: string) => poolText(NODES, `preset: lido-csm\nrounding: floor-to:rest\n${more}`, RULES);
const words = (more: string) => describePool(parsePool(pool(more), 'pool.yaml').pool).join('\n');

test.each(['action: none', 'action: zero', 'at-least: 99%', 'network-minus: 0%'])(
  'a performance policy that would not count is refused by name: %s',
  (policy) => {
    const name = policy.split(':')[0]!;
    expect(() => parsePool(pool(`performance: {${policy}}`), 'pool.yaml')).toThrow(
      `performance.${name} is not`,
    );
    expect(() => parsePool(pool(`performance: {${policy}}`), 'pool.yaml')).toThrow('csm.leeway');
  },
);

test('check says shares and leeways that are in force, by operator', () => {
  const plain = words('performance: {weights: {attestations: 54, proposals: 4, sync: 2}}');
  expect(plain).toContain('proposals 4');
  expect(plain).toContain('  one: reward share 58.34%; leeway 3%\n  two: reward share 58.34%; leeway 3%');
  const own = words(
    'csm: {leeway: [{rate: 2%}], operators: {one: {node-operator-id: 7}, two: {node-operator-id: 41, ' +
      'reward-share: [{up-to-key: 16, rate: 100%}, {rate: 50%}], leeway: [{up-to-key: 1, rate: 5%}, {rate: 3%}]}}}',
  );
  expect(own).toContain('  one (operator 7 of the contract): reward share 58.34%; leeway 2%');
  expect(own).toContain(
    '  two (operator 41 of the contract): reward share 100% up to key 16, 50% above; leeway 5% up to key 1, 3% above',
  );
});

// The network does 99%. Operator one: a slashed key and one at 97%; two: leeway of 5% for its first key.
const ROWS = [
  row(1, 2, { ...attested(1000), slashingGwei: -10n }),
  row(2, 2, { ...attested(5000), duties: duties(219) }),
  row(3, 2, { ...attested(4000), duties: duties(213) }),
  row(4, 2, { ...attested(4000), duties: duties(213) }),
];
const LEEWAY =
  'loss: {policy: pro-rata}\ncsm: {operators: {two: {leeway: [{up-to-key: 1, rate: 5%}, {rate: 3%}]}}}';

test('the columns of a validator are what the rule made of it', () => {
  const { validators } = split(pool(LEEWAY), ROWS);
  const shares = (225n * 32n * 5834n + 9999n) / 10_000n;
  const rebate = 225n * 32n - shares;
  expect(validators.map(({ threshold, factor, csm }) => [threshold, factor, csm])).toEqual([
    ['0.960000', '0', { key: 1n, shares: 0n, rebate: 0n, isStrike: true }],
    ['0.960000', '1', { key: 2n, shares, rebate, isStrike: false }],
    ['0.940000', '1', { key: 1n, shares, rebate, isStrike: false }],
    ['0.960000', '0', { key: 2n, shares: 0n, rebate: 0n, isStrike: true }],
  ]);
});

test('one key under two rules of the file is one key', () => {
  const rules =
    '  - {indices: ["1"], operator: one, to: 2026-01-03}\n  - {indices: ["1"], operator: one, from: 2026-01-03}';
  const text = poolText(NODES, 'preset: lido-csm\nrounding: floor-to:rest', rules);
  const rows = [
    row(1, 2, attested(1000)),
    row(1, 3, { ...attested(1000), openingBalanceGwei: 32_000_001_000n }),
  ];
  const result = split(text, rows, '2026-01-02..2026-01-03');
  expect(lineOf(result, 'one').weight).toBe((450n * 32n * 5834n + 9999n) / 10_000n);
});

function written<T>(text: string, use: (folder: string) => T, opening: PayoutState = EMPTY_STATE): T {
  return inFolder((folder) => {
    const output = new OutputFolder(join(folder, 'out'));
    produceSplit(
      {
        ...{ ledger: new MemoryLedger(ROWS), source: parsePool(text, 'pool.yaml'), opening },
        period: parsePeriod('2026-01-02', CHAIN),
        ...{ acceptance: { gaps: null, residual: null }, toolVersion: '0.1.0' },
      },
      (file) => output.put(file),
    );
    output.finish();
    return use(join(folder, 'out'));
  });
}

test('explain derives the payout: keys, their shares, and all shares with those of the rebate', () => {
  const lines = written(pool(LEEWAY), (out) =>
    explainParticipant(readManifest(join(out, 'manifest.json')), 'two'),
  ).join('\n');
  const shares = (225n * 32n * 5834n + 9999n) / 10_000n;
  const total = 13_990n * 10n ** 9n;
  const wei = (total * shares) / (450n * 32n);
  expect(lines).toContain(
    `key 1, validator 3: performance 0.946666, threshold 0.940000; 225 attestations x 32 ETH x 5834 / 10000, rounded up = ${shares} shares`,
  );
  expect(lines).toContain('key 2, validator 4: performance 0.946666, threshold 0.960000, 0 shares');
  expect(lines).toContain(
    `${total} wei x ${shares} / 14400 (${2n * shares} of operators, ${14400n - 2n * shares} of the rebate) = ${wei}`,
  );
  expect(lines).not.toContain('share by weight');
});

interface Tree {
  readonly claims: readonly { readonly participant: string; readonly index: number }[];
  readonly tree: { readonly values: readonly { readonly value: readonly string[] }[] };
}
const treeOf = (text: string, opening?: PayoutState): Tree =>
  written(text, (out) => JSON.parse(readFileSync(join(out, 'merkle.json'), 'utf8')) as Tree, opening);

test('the tree has the ids of the contract where the file has them, and operators only', () => {
  expect(treeOf(pool('')).claims.map(({ participant, index }) => [participant, index])).toEqual([
    ['one', 0],
    ['rest', 1],
  ]);
  const ids = 'csm: {operators: {one: {node-operator-id: 41}, two: {node-operator-id: 7}}}';
  const { claims, tree } = treeOf(pool(ids));
  expect(claims.map(({ participant, index }) => [participant, index])).toEqual([['one', 41]]);
  expect(tree.values[0]?.value[0]).toBe('41');
  const gone = {
    index: 9,
    address: '0x5B38Da6a701c568545dCfcB03FcB875f56beddC4',
    balanceWei: 0n,
    paidWei: 5n,
  };
  expect(() => treeOf(pool(ids), { ...EMPTY_STATE, accounts: new Map([['gone', gone]]) })).toThrow(
    'gone was paid before and is not in the file',
  );
});

test.each([
  [
    'csm: {operators: {one: {node-operator-id: 7}}}',
    'validators.1.operator needs csm.operators.two.node-operator-id',
  ],
  [
    'csm: {operators: {one: {node-operator-id: 7}, two: {node-operator-id: 7}}}',
    'two.node-operator-id is that of one',
  ],
  ['csm: {operators: {three: {leeway: [{rate: 1%}]}}}', 'csm.operators.three names no participant'],
])('ids that would pay the wrong ones are refused: %s', (csm, message) => {
  expect(() => parsePool(pool(csm), 'pool.yaml')).toThrow(message);
});
