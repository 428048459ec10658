import { expect, test } from 'vitest';
import type { CommandContext } from '../../../../../cli/command-context.ts';
import { chooseNetwork } from '../../../../../cli/migrate/web3signer/choose-network.ts';
import type { OptionMap } from '../../../../../cli/migrate/web3signer/option-map.ts';
import { Output } from '../../../../../cli/output/output.ts';
import { resolveSettings } from '../../../../../core/config/resolve-settings.ts';

/** `theirs`: null when the option is not set, 'unusable' when Vigil has no such network. */
function chosen(
  theirs: string | null,
  flags: Record<string, string | string[]>,
  further: readonly string[] = [],
): string {
  const resolved = resolveSettings({ flags: { 'data-dir': '/nonexistent', ...flags }, environment: {} });
  const context: CommandContext = { ...resolved, output: new Output(true) };
  const map: OptionMap = {
    options: [...(theirs === null ? [] : ['eth2.network']), ...further].map((option) => ({
      option,
      becomes: { kind: 'by-hand', todo: '' },
    })),
    settings: new Map(theirs === null || theirs === 'unusable' ? [] : [['network', [theirs]]]),
  };
  const { settings, sources } = chooseNetwork(context, map);
  return `${settings.network} by ${sources.network}`;
}

test.each([
  ['hoodi', {}, 'hoodi by file'],
  ['hoodi', { network: 'hoodi' }, 'hoodi by flag'],
  ['hoodi', { 'beacon-node': 'http://127.0.0.1:1' }, 'hoodi by file'],
  ['hoodi', { network: '/srv/config.yaml' }, '/srv/config.yaml by flag'],
  ['/srv/config.yaml', { network: 'hoodi' }, 'hoodi by flag'],
  ['unusable', { network: '/srv/config.yaml' }, '/srv/config.yaml by flag'],
  ['unusable', { 'beacon-node': 'http://127.0.0.1:1' }, 'mainnet by default'],
  [null, {}, 'mainnet by default'],
  [null, { network: 'hoodi' }, 'hoodi by flag'],
])('Web3Signer on %s, Vigil told %j: %s', (theirs, flags, outcome) => {
  expect(chosen(theirs, flags)).toBe(outcome);
});

test.each([
  ['hoodi', { network: 'mainnet' }],
  ['unusable', {}],
])('Web3Signer on %s, Vigil told %j: refused', (theirs, flags) => {
  expect(() => chosen(theirs, flags)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
});

const OVERRIDE = ['eth2.Xnetwork-electra-fork-epoch'];

test.each([{}, { network: 'hoodi' }, { 'network': 'hoodi', 'beacon-node': 'http://127.0.0.1:1' }])(
  'a fork at another epoch than its network has, Vigil told %j: refused',
  (flags) => {
    for (const theirs of ['hoodi', null]) {
      expect(() => chosen(theirs, flags, OVERRIDE)).toThrow(
        expect.objectContaining({ code: 'BAD_ARGUMENT' }),
      );
    }
  },
);

test('a fork at another epoch is where a file or the beacon node says it is', () => {
  expect(chosen('hoodi', { network: '/srv/config.yaml' }, OVERRIDE)).toBe('/srv/config.yaml by flag');
  // The node is asked only as long as no network is named.
  expect(chosen('hoodi', { 'beacon-node': 'http://127.0.0.1:1' }, OVERRIDE)).toBe('mainnet by default');
});
