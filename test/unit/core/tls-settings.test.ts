import { expect, it } from 'vitest';
import { tlsSettings } from '../../../core/config/tls-settings.ts';

const of = (
  cert: string | null,
  key: string | null,
  ca: string | null,
  auth: 'none' | 'optional' | 'required' | null,
) => tlsSettings({ 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': ca, 'tls-client-auth': auth });

it.each([
  ['a certificate without a key', 'c', null, null, null, 'tls-key must be given with tls-cert'],
  ['a key without a certificate', null, 'k', null, null, 'tls-cert must be given with tls-key'],
  ['client certificates without a CA', 'c', 'k', null, 'required', 'wants tls-client-ca'],
  ['optional ones without a CA', 'c', 'k', null, 'optional', 'wants tls-client-ca'],
  ['a client CA without TLS', null, null, 'ca', null, 'want tls-cert'],
] as const)('%s: refused', (_what, cert, key, ca, auth, message) => {
  expect(() => of(cert, key, ca, auth)).toThrow(message);
});

it('whoever names a client CA requires certificates, unless it is said otherwise', () => {
  expect(of(null, null, null, null)).toBeNull();
  expect(of('c', 'k', null, null)?.clientAuth).toBe('none');
  expect(of('c', 'k', 'ca', null)?.clientAuth).toBe('required');
  expect(of('c', 'k', 'ca', 'optional')?.clientAuth).toBe('optional');
  expect(of('c', 'k', 'ca', 'none')?.clientAuth).toBe('none');
});
