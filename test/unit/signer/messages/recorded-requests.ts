import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadChainSpec } from '../../../../core/chain/load-chain-spec.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { parseStrictJson, type JsonObject } from '../../../../core/json/parse-strict-json.ts';
import { parseRoot } from '../../../../core/units.ts';

const FIXTURES = new URL('../../../fixtures/sign-requests/', import.meta.url);
const LIMITS = { maxDepth: 32, maxTokenBytes: 1 << 20 };

/**
 * Requests of a real validator client, recorded on private chains, with the signing root it computed itself.
 * Both spellings of that root and its absence must give the same message.
 */
export async function describeRecordedRequests(chain: string): Promise<void> {
  const folder = new URL(`${chain}/`, FIXTURES);
  const requests = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      type: name.replace('.json', ''),
      body: parseStrictJson(readFileSync(new URL(name, folder)), LIMITS) as JsonObject,
    }));
  const attestation = requests.find(({ type }) => type === 'ATTESTATION')!.body;
  const forkInfo = attestation['fork_info'] as JsonObject;
  const spec = await loadChainSpec(new URL('config.yaml', folder).pathname, {
    genesisTimeSeconds: 0n,
    genesisValidatorsRoot: parseRoot(forkInfo['genesis_validators_root'], 'genesis_validators_root'),
  });
  const { parseSignRequest } = await import('../../../../signer/messages/index.ts');
  const context = { spec, clock: new SlotClock(spec, () => 0) };

  describe(`requests recorded on ${chain}`, () => {
    it('are there', () => {
      expect(requests.length).toBeGreaterThanOrEqual(8);
    });

    it.each(requests)('$type has the signing root its client computed', ({ type, body }) => {
      const { signingRoot: recorded, ...rest } = body;
      expect(recorded).toMatch(/^0x[0-9a-f]{64}$/);
      const parsed = parseSignRequest(rest, context);
      expect(parsed.type).toBe(type);
      expect(parsed.message.signingRoot).toBe(recorded);
      expect(parseSignRequest(body, context)).toEqual(parsed);
      expect(parseSignRequest({ ...rest, signing_root: recorded! }, context)).toEqual(parsed);
      const kind = { ATTESTATION: 'attestation', BLOCK_V2: 'block' }[type] ?? 'unslashable';
      expect(parsed.message.kind).toBe(kind);
    });
  });
}
