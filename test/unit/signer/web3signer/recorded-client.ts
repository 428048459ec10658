import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATED_TYPES } from '../../../../core/config/gated-types.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { loadChainSpec } from '../../../../core/chain/load-chain-spec.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { parseRoot } from '../../../../core/units.ts';
import { databasePath } from '../../../../signer/data-directory.ts';
import { KeyDirectory } from '../../../../signer/keystore/key-directory.ts';
import type { RunningSigner } from '../../../../signer/signer-options.ts';
import { verifiesAs } from '../../../support/bls-oracle.ts';
import { json, send } from '../../../support/signer-client.ts';
import { cheapKeystore } from '../keystore/cheap-keystore.ts';

const FIXTURES = new URL('../../../fixtures/sign-requests/', import.meta.url);
/** What the recorded client sent with every request. */
const HEADERS = { 'accept': 'application/json', 'content-type': 'application/json', 'accept-language': '*' };
const PASSWORD = 'correct horse battery staple';

type Body = Record<string, unknown> & { fork_info?: { genesis_validators_root: string } };

/**
 * A whole daemon on the network of a recorded chain answers every request that a real validator client made there, with
 * a signature over the root that the client itself computed.
 */
export async function describeRecordedClient(chain: string): Promise<void> {
  const folder = new URL(`${chain}/`, FIXTURES);
  const requests = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, body: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Body }));
  const root = requests.find(({ body }) => body.fork_info !== undefined)?.body.fork_info;
  const spec = await loadChainSpec(new URL('config.yaml', folder).pathname, {
    genesisTimeSeconds: 0n,
    genesisValidatorsRoot: parseRoot(root?.genesis_validators_root, 'genesis_validators_root'),
  });
  // After the chain spec, whose preset the SSZ types take when they are loaded.
  const { startSigner } = await import('../../../../signer/signer-daemon.ts');

  describe(`requests recorded on ${chain}`, () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'vigil-recorded-'));
    let signer: RunningSigner;
    let pubkey: string;

    beforeAll(async () => {
      const key = await cheapKeystore(PASSWORD);
      pubkey = key.pubkey;
      await new KeyDirectory(dataDir).add(key.keystore, PASSWORD, key.pubkey);
      const local = { httpHost: '127.0.0.1', httpPort: 0, metricsHost: '127.0.0.1', metricsPort: 0 };
      signer = await startSigner({
        ...local,
        dataDir,
        spec,
        hostAllowlist: [],
        beaconNodes: [],
        guard: { path: databasePath(dataDir), spec, clock: new SlotClock(spec, Date.now) },
        onMissingHistory: 'trust',
        doppelgangerEpochs: 0n,
        policy: { file: null, allow: GATED_TYPES },
        log: createLogger('silent'),
      });
      await signer.loaded;
    });
    afterAll(async () => {
      await signer.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });

    it('are there', () => {
      expect(requests.length).toBeGreaterThanOrEqual(8);
    });

    it.each(requests)('$name is signed over the root that its client computed', async ({ body }) => {
      const path = `/api/v1/eth2/sign/${pubkey}`;
      const url = `http://127.0.0.1:${signer.ports.http}`;
      const answer = await send(url, path, { method: 'POST', headers: HEADERS, body });
      expect(answer.status).toBe(200);
      expect(verifiesAs(pubkey, body['signingRoot'] as string, json(answer)['signature'] ?? '')).toBe(true);
    });
  });
}
