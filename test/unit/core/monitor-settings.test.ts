import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { resolveSettings } from '../../../core/config/resolve-settings.ts';

const resolve = (flags: Record<string, string | string[]>) =>
  resolveSettings({ flags: { 'data-dir': `${tmpdir()}/none`, ...flags }, environment: {} }).settings;

test.each(['utc', 'epochs:225', 'epochs:1', 'Europe/Berlin', 'America/New_York'])(
  'a day of the ledger may be %s',
  (day) => {
    expect(resolve({ 'ledger-day': day })['ledger-day']).toBe(day);
  },
);

test.each([
  ['ledger-day', 'Middle/Earth', 'time zone'],
  ['ledger-day', 'epochs:0', 'at least 1'],
  ['ledger-day', 'epochs:x', 'decimal digits'],
  ['monitor-host', '', 'empty'],
  ['ledger-day', '', 'time zone'],
  ['monitor-port', '65536', 'at most 65535'],
  ['per-validator-metrics', '10001', 'at most'],
  ['keep-days', '0', 'at least 1'],
  ['execution-node', 'ws://a', 'http'],
  ['signer-url', 'signer.lan:9000', 'http'],
  ['relay', 'relay', 'http'],
])('%s cannot be %j', (name, value, why) => {
  expect(() => resolve({ [name]: value })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(why) as string }),
  );
  expect(() => resolve({ [name]: value })).toThrow(`--${name}`);
});

test('lists come from repeated flags', () => {
  expect(resolve({ watch: ['5', '0xab'] }).watch).toEqual(['5', '0xab']);
  const files = resolve({ 'signer-token-file': ['/a', '/b'] })['signer-token-file'];
  expect(files).toEqual(['/a', '/b']);
});
