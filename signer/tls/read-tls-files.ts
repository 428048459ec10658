import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { isVigilError } from '../../core/errors.ts';
import { readPrivateFile } from '../keystore/private-file.ts';
import { readBoundedFile } from '../keystore/read-bounded-file.ts';
import { tlsError } from './tls-errors.ts';

/** Where the PEM files are. */
export interface TlsPaths {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | null;
}

/** A pair that fits, and what to know of it. */
export interface TlsMaterial {
  readonly context: SecureContextOptions;
  /** Unix time in seconds at which the server's certificate expires. */
  readonly expiry: number;
  /** The same of the first client CA that expires. */
  readonly clientCaExpiry: number | null;
}

/**
 * Reads certificate, key and client CAs, and proves that they fit, before any of them comes into use.
 * @throws TLS_FILES_INVALID, KEY_FILE_EXPOSED, and what reading a file throws
 */
export async function readTlsFiles({ cert, key, clientCa }: TlsPaths): Promise<TlsMaterial> {
  const chain = await readPem(cert);
  const [leaf] = certificatesIn(chain, cert);
  const keyText = Buffer.from(await readPrivateFile(key));
  const privateKey = parseKey(keyText, key);
  if (!leaf.checkPrivateKey(privateKey)) {
    throw tlsError('TLS_FILES_INVALID', `the key ${key} does not belong to the certificate ${cert}`);
  }
  const authorities = clientCa === null ? null : await readPem(clientCa);
  const context: SecureContextOptions = {
    cert: chain,
    key: keyText,
    minVersion: 'TLSv1.2',
    ...(authorities === null ? {} : { ca: authorities }),
  };
  try {
    createSecureContext(context);
  } catch (error) {
    throw tlsError(
      'TLS_FILES_INVALID',
      `${cert} and ${key} cannot be used: ${(error as Error).message}`,
      error,
    );
  }
  return {
    context,
    expiry: seconds(leaf.validToDate),
    clientCaExpiry: authorities === null || clientCa === null ? null : authorityExpiry(authorities, clientCa),
  };
}

/** Why a certificate serves nobody at this time, or null. */
export function outOfDate({ expiry }: TlsMaterial, nowMs: number): string | null {
  return expiry * 1000 > nowMs ? null : `the certificate expired at ${new Date(expiry * 1000).toISOString()}`;
}

const readPem = async (path: string): Promise<Buffer> => Buffer.from(await readBoundedFile(path));

function certificatesIn(pem: Buffer, path: string): [X509Certificate, ...X509Certificate[]] {
  const blocks = pem.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  const [first, ...rest] = (blocks ?? []).map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw tlsError('TLS_FILES_INVALID', `certificate ${index + 1} in ${path} is damaged`, error);
    }
  });
  if (first === undefined) throw tlsError('TLS_FILES_INVALID', `there is no PEM certificate in ${path}`);
  return [first, ...rest];
}

function parseKey(pem: Buffer, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    if (isVigilError(error)) throw error;
    // The cause is left out: OpenSSL's words help nobody, and nothing of a key file should travel.
    throw tlsError('TLS_FILES_INVALID', `there is no PEM key without password in ${path}`);
  }
}

function authorityExpiry(pem: Buffer, path: string): number {
  const all = certificatesIn(pem, path);
  const other = all.find(({ ca }) => !ca);
  if (other !== undefined) {
    throw tlsError('TLS_FILES_INVALID', `${path} holds a certificate that is no CA: ${other.subject}`);
  }
  return Math.min(...all.map(({ validToDate }) => seconds(validToDate)));
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
