import { expect, test } from 'vitest';
import { loadChainSpec } from '../../../core/chain/load-chain-spec.ts';

test.each([
  ['gnosis', 1638993340n, '0xf5dcb5564e829aab27264b9becd5dfaa017085611224cb3036f573368dbb9d47'],
  ['chiado', 1665396300n, '0x9d642dac73058fbf39c0ae41ab1e34e4d889043cb199851ded7095bc99eb4c1e'],
])('%s has its own preset: 16 slots of 5 seconds', async (name, time, root) => {
  expect(await loadChainSpec(name)).toMatchObject({
    name,
    presetBase: 'gnosis',
    genesisTimeSeconds: time,
    genesisValidatorsRoot: root,
    slotsPerEpoch: 16n,
    slotDurationMs: 5000,
  });
});

test('the SSZ types of this process are those of the gnosis preset', async () => {
  const { ACTIVE_PRESET } = await import('@lodestar/params');
  expect(ACTIVE_PRESET).toBe('gnosis');
});
