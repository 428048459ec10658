import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { GLOBAL_SETTINGS, MONITOR_FLAGS, SIGNER_SETTINGS } from '../../../../cli/options/global-options.ts';
import { createProgram } from '../../../../cli/program.ts';
import { SETTING_NAMES } from '../../../../core/config/settings.ts';

const PROGRAM = await createProgram();
const flagsOf = (command: Command) => command.options.map(({ long }) => long);
const find = (...path: string[]): Command =>
  path.reduce((command, name) => {
    const child = command.commands.find((one) => one.name() === name);
    if (child === undefined) throw new Error(`there is no verb ${path.join(' ')}`);
    return child;
  }, PROGRAM);

test('every setting is a flag, of every verb, of the signer or of the monitor', () => {
  expect([...GLOBAL_SETTINGS, ...SIGNER_SETTINGS, ...MONITOR_FLAGS].sort()).toEqual(
    [...SETTING_NAMES].sort(),
  );
});

test('what names the network is a flag of every verb', () => {
  const flags = flagsOf(PROGRAM);
  for (const name of [
    'data-dir',
    'network',
    'genesis-validators-root',
    'genesis-time',
    'beacon-node',
    'json',
  ])
    expect(flags).toContain(`--${name}`);
});

test('config check takes every flag of the signer', () => {
  const signer = flagsOf(find('signer'));
  expect(signer).toContain('--http-host-allowlist');
  expect(flagsOf(find('config', 'check'))).toEqual(expect.arrayContaining(signer));
});
