import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { NodeAddress } from '../../../beacon/index.ts';
import { parsePubkey, type Pubkey } from '../../../core/units.ts';
import { exchangeJson } from '../../foreign/exchange-json.ts';
import { watchedError } from '../watched-errors.ts';

const TIMEOUT_MS = 20_000;
const keys = z.array(z.string());

/**
 * The keys that a remote signer has, by the endpoint that every Web3Signer-compatible one has.
 * @throws WATCH_SOURCE_FAILED
 */
export async function readSignerKeys(url: string, tokenFile: string | null): Promise<Pubkey[]> {
  const address = new NodeAddress(url);
  const failed = (what: string, cause?: unknown): Error =>
    watchedError('WATCH_SOURCE_FAILED', `${address.name}: ${what}`, cause);
  try {
    const token = tokenFile === null ? null : (await readFile(tokenFile, 'utf8')).trim();
    const { status, json } = await exchangeJson({
      method: 'GET',
      url: address.urlOf('/api/v1/eth2/publicKeys'),
      headers: { ...address.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      timeoutMs: TIMEOUT_MS,
    });
    if (status !== 200) throw failed(`status ${status} when asked for its keys`);
    return keys.parse(json).map((text, at) => parsePubkey(text, `key ${at}`));
  } catch (error) {
    throw failed(address.redact((error as Error).message.slice(0, 300)), error);
  }
}
