import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { closestName } from '../../../core/config/closest-name.ts';
import { resolveSettings } from '../../../core/config/resolve-settings.ts';
import { environmentName, SETTING_NAMES, SETTINGS } from '../../../core/config/settings.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vigil-settings-'));
});

const resolve = (flags: Record<string, string | string[]> = {}, environment: Record<string, string> = {}) =>
  resolveSettings({ flags: { 'data-dir': dataDir, ...flags }, environment });
const file = (text: string) => writeFileSync(join(dataDir, 'vigil.yaml'), text);

test('without anything said every setting has its default', () => {
  const { settings, sources, file: read } = resolve();
  for (const name of SETTING_NAMES.filter((one) => one !== 'data-dir')) {
    expect(settings[name]).toEqual(SETTINGS[name].fallback);
    expect(sources[name]).toBe('default');
  }
  expect(read).toBeNull();
});

test('flag goes before environment, environment before file, file before default', () => {
  file('http-port: 1\n');
  expect(resolve().settings['http-port']).toBe(1);
  expect(resolve({}, { VIGIL_HTTP_PORT: '2' }).settings['http-port']).toBe(2);
  expect(resolve({ 'http-port': '3' }, { VIGIL_HTTP_PORT: '2' }).settings['http-port']).toBe(3);
});

test('everything binds the loopback address unless told otherwise', () => {
  expect(resolve().settings['http-host']).toBe('127.0.0.1');
  expect(resolve().settings['metrics-host']).toBe('127.0.0.1');
});

test('a list may come from repeated flags, a YAML list or commas', () => {
  const urls = ['http://a:1', 'http://b:2'];
  expect(resolve({ 'beacon-node': urls }).settings['beacon-node']).toEqual(urls);
  expect(resolve({}, { VIGIL_BEACON_NODE: urls.join(',') }).settings['beacon-node']).toEqual(urls);
  file('beacon-node:\n  - http://a:1\n  - http://b:2\n');
  expect(resolve().settings['beacon-node']).toEqual(urls);
});

test.each([
  ['http-port: 70000\n', 'http-port'],
  ['http-port: "01"\n', 'http-port'],
  ['http-port:\n  - 1\n', 'http-port'],
  ['log-level: loud\n', 'log-level'],
  ['on-missing-history: ignore\n', 'floor, refuse, trust'],
  ['beacon-node: ftp://x\n', 'beacon-node'],
  ['genesis-validators-root: 0x12\n', 'genesis-validators-root'],
  ['htp-port: 1\n', 'did you mean "http-port"'],
  ['data-dir: /elsewhere\n', 'data-dir'],
  ['- a\n', 'name: value'],
  ['a: [\n', 'vigil.yaml'],
])('the file %j is refused, naming %s', (text, culprit) => {
  file(text);
  expect(() => resolve()).toThrow(culprit);
  expect(() => resolve()).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', exitCode: 2 }));
});

test('a file that was asked for has to be there', () => {
  expect(() =>
    resolveSettings({ flags: {}, environment: {}, configFile: join(dataDir, 'nope.yaml') }),
  ).toThrow('nope.yaml');
});

test('an unquoted root in the file is read as text, not as a number', () => {
  const root = `0x${'12'.repeat(32)}`;
  file(`genesis-validators-root: ${root}\n`);
  expect(resolve().settings['genesis-validators-root']).toBe(root);
});

test('a suggestion is near or not made at all', () => {
  expect(closestName('netwrok', SETTING_NAMES)).toBe('network');
  expect(closestName('frobnicate', SETTING_NAMES)).toBeNull();
});

test('environment names follow from setting names', () => {
  expect(environmentName('on-missing-history')).toBe('VIGIL_ON_MISSING_HISTORY');
});

test('the database of several signers is a URL without a password', () => {
  const url = 'postgresql://vigil@db.example:5432/vigil?sslmode=verify-full';
  expect(resolve({ 'slashing-db': url }).settings['slashing-db']).toBe(url);
  for (const bad of [
    '/var/lib/vigil',
    'mysql://u@h/d',
    'postgresql://u:secret@h/d',
    'postgresql://u@h/d?password=secret',
  ]) {
    const refused = () => resolve({ 'slashing-db': bad });
    expect(refused).toThrow('--slashing-db: must');
    expect(refused).not.toThrow('secret');
  }
  expect(() => resolve({ instance: 'a b' })).toThrow('--instance: must be of letters');
});
