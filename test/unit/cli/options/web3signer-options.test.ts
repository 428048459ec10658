import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.ts';
import { OPTION_NAMES } from '../../../../cli/migrate/web3signer/option-names.ts';
import {
  WEB3SIGNER_OPTIONS,
  web3signerAdvice,
  web3signerHelp,
} from '../../../../cli/options/web3signer-options.ts';

const typed = (...words: readonly string[]): string[] => web3signerAdvice(['node', 'vigil', ...words]);

/** Every verb of Vigil as it is typed, with the long names of its flags. */
function verbsOf(command: Command, path: string): Map<string, Set<string>> {
  const flags = new Set(command.options.flatMap(({ long }) => long ?? []));
  const below = command.commands.flatMap((child) => [...verbsOf(child, `${path} ${child.name()}`)]);
  return new Map([[path, flags], ...below]);
}
const VERBS = verbsOf(await createProgram(), 'vigil');
const GLOBAL = VERBS.get('vigil')!;
const SIGNER = new Set([...GLOBAL, ...VERBS.get('vigil signer')!]);
const ALL_FLAGS = new Set([...VERBS.values()].flatMap((flags) => [...flags]));

describe('what is said about an option of Web3Signer', () => {
  it('names the setting that it is here', () => {
    expect(typed('signer', '--http-listen-port', '9000')).toEqual([
      '--http-listen-port of Web3Signer: --http-port',
    ]);
    expect(typed('--data-path=/var/lib/web3signer', '-l', 'INFO')).toEqual([
      '--data-path of Web3Signer: --data-dir',
      '-l of Web3Signer: --log-level',
    ]);
  });

  it.each(OPTION_NAMES.map((name) => `--${name.replace('eth2.', '')}`))(
    '%s is known, unless it is our own',
    (name) => {
      expect(typed('signer', `${name}=1`)).toHaveLength(SIGNER.has(name) || name === '--network' ? 0 : 1);
    },
  );

  it('is not said of our own options', () => {
    for (const name of SIGNER) expect(typed('signer', name)).toEqual([]);
  });

  it('says what to do where there is no such setting', () => {
    const lines = typed('--slashing-protection-db-url=jdbc:postgresql://db/web3signer', 'eth2');
    expect(lines[0]).toMatch(/^--slashing-protection-db-url of Web3Signer: .*vigil slashing-db import FILE/);
    expect(lines[1]).toBe('eth2 of Web3Signer: `vigil signer`; there is no other mode');
    expect(lines.join()).not.toContain('jdbc');
  });

  it('is said once, and only of what is Web3Signer’s', () => {
    expect(typed('signer', '--http-port', '1', '--metrics-port', '2', '--nonsense')).toEqual([]);
    expect(typed('slashing-db', 'import', '--nonsense')).toEqual([]);
    expect(typed('eth2', 'eth2')).toHaveLength(1);
    expect(typed('--tls-keystore-file', 'a', '--tls-known-clients-file', 'b')).toHaveLength(2);
  });

  it('sub-commands are told apart from our verbs by the mode before them', () => {
    expect(typed('eth2', 'export', '--to', 'x')).toContain(
      'export of Web3Signer: `vigil slashing-db export`',
    );
    expect(typed('eth2', 'import', '--from', 'x')).toContain(
      'import of Web3Signer: `vigil slashing-db import FILE`',
    );
    expect(typed('eth2', 'watermark-repair').join()).toContain('vigil keys handover');
  });
});

describe('every counterpart', () => {
  const texts = WEB3SIGNER_OPTIONS.map(({ names, setting, instead }) => ({
    name: names.join(),
    text: setting === undefined ? (instead ?? '') : `--${setting}`,
  }));

  it.each(texts)('of $name is there', ({ text }) => {
    expect(text).not.toBe('');
    for (const [, quoted = ''] of text.matchAll(/`(vigil [^`]+)`/g)) {
      const verb = [...VERBS.keys()].filter((path) => `${quoted} `.startsWith(`${path} `)).at(-1) ?? '';
      expect(verb).not.toBe('vigil');
      for (const [flag] of quoted.matchAll(/--[a-z-]+/g)) expect(VERBS.get(verb)).toContain(flag);
    }
    for (const [flag] of text.matchAll(/--[a-z-]+/g)) expect(ALL_FLAGS).toContain(flag);
  });

  it('has a name that is no flag of the signer already', () => {
    for (const name of WEB3SIGNER_OPTIONS.flatMap(({ names }) => names)) expect(SIGNER).not.toContain(name);
  });
});

it('the help of the signer has the ten that are used most', () => {
  const help = web3signerHelp();
  for (const name of [
    '--http-listen-host',
    '--http-listen-port',
    '--data-path',
    '--config-file',
    '--logging',
    '--key-store-path',
    '--keystores-path',
    '--slashing-protection-db-',
    '--slashing-protection-enabled',
    '--key-manager-api-enabled',
  ]) {
    expect(help).toContain(name);
  }
});
