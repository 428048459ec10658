import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { credentialSettings } from '../../../core/config/credentials.ts';
import { resolveSettings } from '../../../core/config/resolve-settings.ts';

function handedOver(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-credentials-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of names) writeFileSync(join(folder, name), 'secret');
  return folder;
}

it.each(['vigil_tls-kye', 'vigil_network', 'vigil_', 'vigil_sub_tls-key'])(
  'a credential named %s is an error, for it was meant for something',
  (name) => {
    const directory = handedOver(name);
    expect(() => credentialSettings({ CREDENTIALS_DIRECTORY: directory })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  },
);

it('says which name was probably meant', () => {
  const directory = handedOver('vigil_tls-kye');
  expect(() => credentialSettings({ CREDENTIALS_DIRECTORY: directory })).toThrow('did you mean tls-key?');
});

it('a folder that cannot be listed is an error, none at all is none', () => {
  expect(() => credentialSettings({ CREDENTIALS_DIRECTORY: '/nonexistent' })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
  expect(credentialSettings({})).toEqual({});
  expect(credentialSettings({ CREDENTIALS_DIRECTORY: '' })).toEqual({});
});

it('is taken where nothing else was said, and what others left there is left alone', () => {
  const directory = handedOver('vigil_tls-key', 'vigil_tls-cert', 'other_thing', 'tls-client-ca');
  const dataDir = handedOver();
  writeFileSync(join(dataDir, 'vigil.yaml'), 'tls-cert: /of/the/file.pem\n');
  const { settings, sources } = resolveSettings({
    flags: { 'data-dir': dataDir },
    environment: { CREDENTIALS_DIRECTORY: directory },
  });
  expect(settings['tls-key']).toBe(join(directory, 'vigil_tls-key'));
  expect(settings['tls-cert']).toBe('/of/the/file.pem');
  expect(settings['tls-client-ca']).toBeNull();
  const chosen = (['tls-key', 'tls-cert', 'tls-client-ca'] as const).map((name) => sources[name]);
  expect(chosen).toEqual(['credential', 'file', 'default']);
});
