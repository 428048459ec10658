import { expect, onTestFinished, test } from 'vitest';
import { createSimulation } from '../devnet/minimal-chain.ts';
import { runVigil, type Ran } from '../../support/run-vigil.ts';

const { DevnetBeaconNode } = await import('../../../devnet/api/beacon-node.ts');
const { RealSignatures } = await import('../../../devnet/chain/signatures.ts');

const keys = new RealSignatures();

/** In a folder that is not there, so that nobody's own settings are taken. */
const vigil = (...args: string[]): Promise<Ran> =>
  runVigil(['monitor', ...args], { VIGIL_DATA_DIR: '/nonexistent/vigil' });

/** A chain whose present is now, so that a process with its own clock believes its node. */
async function node(): Promise<string> {
  const slotMs = 6000;
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 64, seed: 'cli', signatures: 'none' },
    rules: { FULU_FORK_EPOCH: 0 },
    pubkey: (index) => keys.pubkeyOf(index),
    genesisTimeSeconds: Math.floor((Date.now() - 16 * slotMs) / 1000),
  });
  sim.runEpochs(2);
  const served = new DevnetBeaconNode(sim);
  onTestFinished(() => served.close());
  return served.listen();
}

test(
  'risk by flags alone needs no node, and says the same in words and JSON',
  { timeout: 60_000 },
  async () => {
    const flags = ['risk', '--validators', '100', '--total-stake', '35000000', '--fork', 'electra'];
    const { code, stdout } = await vigil(...flags, '--json');
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as { scenarios: { title: string; loss: { takenGwei: string } }[] };
    expect(found).toMatchObject({ fork: 'electra', validators: '100', stakeGwei: '3200000000000' });
    expect(found.scenarios[0]).toMatchObject({
      title: 'one key is slashed',
      loss: { takenGwei: '63933524' },
    });
    const told = await vigil(...flags, '--price', '3000.5', '--currency', 'USD');
    expect(told.stdout).toMatch(/one key is slashed +1 .* 0\.06394 .* USD/);
    expect(told.stdout).toContain('correlation penalty after 18.2 days (4096 epochs)');
    expect(told.stdout).toContain(`364,584        32 ETH  ${'█'.repeat(40)}`);
  },
);

test('risk asks the node for balances, rules and the total stake', { timeout: 60_000 }, async () => {
  const url = await node();
  const asked = await vigil(
    'risk',
    '--watch',
    '1,2',
    '--watch',
    `${keys.pubkeyOf(3)},999`,
    '--beacon-node',
    url,
    '--json',
  );
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  const found = JSON.parse(asked.stdout) as Record<string, unknown> & {
    totalStake: { lowGwei: string; highGwei: string };
  };
  expect(found).toMatchObject({ fork: 'fulu', validators: '3', stakeGwei: '96000000000', unknown: ['999'] });
  const total = 64n * 32_000_000_000n;
  expect(BigInt(found.totalStake.lowGwei) <= total && total <= BigInt(found.totalStake.highGwei)).toBe(true);
  const told = await vigil('risk', '--watch', '1,999', '--beacon-node', url);
  expect(told.stderr).toContain('the chain does not know validator 999');
  expect(told.stdout).toContain('1 validator with 32 ETH at stake');
});

test('window shows the duties ahead and exits by whether there is room', { timeout: 60_000 }, async () => {
  const url = await node();
  const asked = await vigil('window', '--watch', '0-2', '--watch', '3', '--beacon-node', url, '--json');
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  const found = JSON.parse(asked.stdout) as {
    duties: { attestations: { validatorIndex: number }[]; attestationsUntil: string; nowSlot: string };
    certainUntilSlot: string;
  };
  expect(found.certainUntilSlot).toBe(found.duties.attestationsUntil);
  expect(BigInt(found.certainUntilSlot) - BigInt(found.duties.nowSlot)).toBeLessThanOrEqual(16n);
  expect(new Set(found.duties.attestations.map(({ validatorIndex }) => validatorIndex)).size).toBe(4);
  // Sixteen slots of six seconds are no hour.
  const tooLong = await vigil('window', '--watch', '0', '--length', '60', '--beacon-node', url);
  expect(tooLong).toMatchObject({ code: 1, stderr: '' });
  expect(tooLong.stdout).toContain('60 minutes: not certain to fit anywhere');
  expect(tooLong.stdout).toContain('Certain until');
});

test.each([
  [['risk', '--validators', '3', '--watch', '4'], 'give either --validators or --watch'],
  [['risk', '--validators', '3'], 'name a beacon node to ask'],
  [['risk', '--validators', '3', '--total-stake', '1e6'], '--total-stake must be an amount of ether'],
  [['risk', '--validators', '3', '--total-stake', '90'], 'more at stake than the whole network'],
  [
    ['risk', '--validators', '3', '--total-stake', '9000', '--others', '101'],
    '--others must be a percentage',
  ],
  [['risk', '--watch', 'abc', '--beacon-node', 'http://127.0.0.1:9'], 'abc'],
  [['window', '--beacon-node', 'http://127.0.0.1:9'], 'nobody is named to be watched'],
  [['window', '--watch', '5-4', '--beacon-node', 'http://127.0.0.1:9'], 'ends before it starts'],
  [['window', '--watch', '5', '--length', '1.5', '--beacon-node', 'http://127.0.0.1:9'], '--length must be'],
])('%j is refused', { timeout: 60_000 }, async (args, message) => {
  const { code, stderr, stdout } = await vigil(...args);
  expect(stderr).toContain(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});
