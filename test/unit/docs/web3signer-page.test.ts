import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTING_NAMES } from '../../../core/config/settings.ts';
import { HTTP_ERRORS } from '../../../signer/http/http-errors.ts';
import { SIGNER_ERRORS } from '../../../signer/errors.ts';
import { CORE_ERRORS } from '../../../core/core-errors.ts';
import { judgeHealth, type HealthSources } from '../../../signer/health.ts';
import { beaconNodeCheck } from '../../../signer/watch/beacon-node-check.ts';
import { REFUSALS } from '../../../slashing-db/index.ts';
import { WEB3SIGNER_OPTIONS } from '../../../cli/options/web3signer-options.ts';

const PAGE = new URL('../../../docs/web3signer-compatibility.md', import.meta.url);
const page = readFileSync(PAGE, 'utf8');

describe('docs/web3signer-compatibility.md', () => {
  const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path!);

  it('names tests', () => {
    expect(links.length).toBeGreaterThan(20);
  });

  it.each([...new Set(links)])('links to a file that is there: %s', (path) => {
    expect(existsSync(new URL(path, PAGE))).toBe(true);
  });

  it('names every check of /healthcheck, and that of Web3Signer which is not here', () => {
    const sources = {
      guard: { clockDoubt: null, unavailable: null },
      keyring: { pubkeys: () => [] },
      pool: { healthy: true },
      failedKeys: () => 0,
      further: () => beaconNodeCheck(1, 0),
    } as unknown as HealthSources;
    const ids = judgeHealth(sources).checks.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(4);
    for (const id of [...ids, 'default-check']) expect(page).toContain(`\`${id}\``);
  });

  it('names codes that exist', () => {
    const codes = { ...HTTP_ERRORS, ...SIGNER_ERRORS, ...CORE_ERRORS, ...REFUSALS };
    const named = [...page.matchAll(/(?:400|403|404|413|415|503)((?: `[A-Z_]+`,?)+)/g)]
      .flatMap(([, list]) => [...list!.matchAll(/[A-Z_]+/g)])
      .map(([code]) => code);
    expect(named.length).toBeGreaterThan(10);
    for (const code of named) expect(Object.keys(codes)).toContain(code);
  });

  it('names options that are settings here, or that Web3Signer has', () => {
    const known = WEB3SIGNER_OPTIONS.flatMap(({ names }) => names);
    const verbs = ['--help', '--config', '--keystores', '--password-file'];
    for (const [name] of page.matchAll(/--[a-z][a-z-]+/g)) {
      const theirs = known.some(
        (one) => one === name || (one.endsWith('*') && name.startsWith(one.slice(0, -1))),
      );
      const ours = (SETTING_NAMES as string[]).includes(name.slice(2)) || verbs.includes(name);
      expect({ name, known: theirs || ours }).toEqual({ name, known: true });
    }
  });
});
