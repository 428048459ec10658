import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { join } from 'node:path';
import { z } from 'zod';
import { NodeAddress } from '../../beacon/index.ts';
import type { Settings } from '../../core/config/settings.ts';
import { tlsSettings, type TlsSettings } from '../../core/config/tls-settings.ts';
import { foreignError } from './foreign-errors.ts';

/** How a signer is reached just now. */
export interface OpenDoor {
  readonly address: NodeAddress;
  readonly token: string;
  readonly tls?: RequestOptions;
}

/** Where a signer is. Looked at anew for every request: a signer that was restarted may have other ports and tokens. */
export interface SignerDoor {
  /** For logs and messages. */
  readonly name: string;
  /** @throws MONITOR_SIGNER_SILENT, MONITOR_SIGNER_REFUSES */
  open(): Promise<OpenDoor>;
}

const TOKEN_FILE = 'api-token.txt';

/**
 * The signers of the settings: those named, or the one on the same data directory if there was ever one.
 * @throws MONITOR_SIGNER_TOKENS
 */
export function signerDoors(settings: Settings): SignerDoor[] {
  const { 'signer-url': urls, 'signer-token-file': files, 'data-dir': dataDir } = settings;
  if (urls.length === 0) {
    if (files.length > 1) throw foreignError('MONITOR_SIGNER_TOKENS');
    const file = files[0] ?? join(dataDir, TOKEN_FILE);
    return existsSync(file) ? [localDoor(settings, file)] : [];
  }
  if (files.length > 1 && files.length !== urls.length) {
    throw foreignError(
      'MONITOR_SIGNER_TOKENS',
      `${urls.length} signers and ${files.length} token files: nobody can tell whose is whose`,
    );
  }
  return urls.map((url, at) => {
    const file = files[at] ?? files[0];
    // Never the token of this machine's own signer, to whoever is at that address.
    if (file === undefined)
      throw foreignError('MONITOR_SIGNER_TOKENS', `${new NodeAddress(url).name} has no token file`);
    return urlDoor(url, file);
  });
}

export function urlDoor(url: string, tokenFile: string): SignerDoor {
  const address = new NodeAddress(url);
  return { name: address.name, open: async () => ({ address, token: await readToken(tokenFile) }) };
}

const portsFile = z.object({ http: z.number(), admin: z.number().optional() });

/** The signer on a data directory of this machine, wherever it listens. */
export function localDoor(
  settings: Settings,
  tokenFile = join(settings['data-dir'], TOKEN_FILE),
): SignerDoor {
  const { 'data-dir': dataDir } = settings;
  return {
    name: dataDir,
    async open() {
      const ports = await readPorts(dataDir);
      const host = hostOf(ports.admin === undefined ? settings['http-host'] : settings['admin-host']);
      const tls = tlsSettings(settings);
      const name = host.includes(':') ? `[${host}]` : host;
      const url = `${tls === null ? 'http' : 'https'}://${name}:${ports.admin ?? ports.http}`;
      const token = await readToken(tokenFile);
      const address = new NodeAddress(url, dataDir);
      return tls === null ? { address, token } : { address, token, tls: await pinned(tls) };
    },
  };
}

/**
 * Its own files are at hand: exactly its certificate is the one to trust, whatever names are in it, and where clients
 * must have one, the same certificate is ours.
 */
async function pinned({ cert, key, clientAuth }: TlsSettings): Promise<RequestOptions> {
  const chain = await readFile(cert);
  return {
    ca: new X509Certificate(chain).toString(),
    allowPartialTrustChain: true,
    checkServerIdentity: () => undefined,
    ...(clientAuth === 'required' ? { cert: chain, key: await readFile(key) } : {}),
  };
}

async function readPorts(dataDir: string): Promise<z.infer<typeof portsFile>> {
  try {
    return portsFile.parse(JSON.parse(await readFile(join(dataDir, 'vigil.ports'), 'utf8')));
  } catch (error) {
    throw foreignError('MONITOR_SIGNER_SILENT', `no signer that uses ${dataDir} listens`, error);
  }
}

async function readToken(file: string): Promise<string> {
  let token: string;
  try {
    token = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw foreignError(
      'MONITOR_SIGNER_REFUSES',
      `${file} cannot be read: ${(error as Error).message}`,
      error,
    );
  }
  // Anything else cannot be a header, and would be quoted whole by the error that says so.
  if (!/^[\x21-\x7e]{1,4096}$/.test(token)) {
    throw foreignError('MONITOR_SIGNER_REFUSES', `${file} does not hold a token on one line`);
  }
  return token;
}

/** A wildcard is for listening; to be reached the signer has this machine's own address. */
const hostOf = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);
