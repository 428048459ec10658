import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { generalPolicy } from '../../../../signer/policy/policy.ts';
import { attestation, block, bytes, randaoReveal, voluntaryExit } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { requestSignature, startCommitBoostSigner } from '../../../support/signer-commit-boost.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';

const { registerWeb3SignerMetrics } = await import('../../../../signer/metrics/web3signer-metrics.ts');

function scraped(signer: SignerFixture, nowMs: () => number = () => 0) {
  const registry = new Registry();
  const loadedKeys = () => signer.keyring.size;
  registerWeb3SignerMetrics(registry, { metrics: signer.metrics, loadedKeys, nowMs });
  const value = async (name: string): Promise<number> => {
    const lines = (await registry.metrics()).split('\n');
    const found = lines.find((line) => line.startsWith(`${name} `));
    return Number(found?.slice(name.length + 1));
  };
  return { registry, value };
}

const PERMITTED = 'eth2_slashingprotection_permitted_signings_total';
const PREVENTED = 'eth2_slashingprotection_prevented_signings_total';
const MISSING = 'signing_bls_missing_identifier_count_total';
const MALFORMED = 'http_bls_malformed_request_count_total';

describe("under Web3Signer's names", () => {
  it('prevented are slashable messages alone, not what policy, clock or operator refuse', async () => {
    const signer = await startSignerFixture({ policy: () => generalPolicy([]) });
    const { value } = scraped(signer);
    const statuses = [
      await sign(signer, voluntaryExit(55n)),
      await sign(signer, attestation(9998n, 9999n)),
      await sign(signer, randaoReveal(9999n)),
    ].map(({ status }) => status);
    expect(statuses).toEqual([412, 400, 400]);
    await signer.guard.operator.freeze([signer.pubkey], { by: 'test', reason: 'drill' });
    expect((await sign(signer, attestation(53n, 54n))).status).toBe(412);
    await signer.guard.operator.unfreeze([signer.pubkey], { by: 'test', reason: 'drill' });
    expect(await value(PREVENTED)).toBe(0);
    await sign(signer, attestation(53n, 54n));
    await sign(signer, attestation(52n, 55n));
    await sign(signer, attestation(53n, 54n, { head: bytes(32) }));
    await sign(signer, block(440n));
    await sign(signer, block(440n, bytes(32)));
    expect(await value(PREVENTED)).toBe(3);
  });

  it('malformed are requests that cannot be read, not those of another network or fork', async () => {
    const signer = await startSignerFixture();
    const { value } = scraped(signer);
    const vote = attestation(53n, 54n) as { fork_info: object };
    const foreign = { ...vote, fork_info: { ...vote.fork_info, genesis_validators_root: bytes(32) } };
    expect((await sign(signer, foreign)).status).toBe(400);
    expect((await sign(signer, { ...vote, signingRoot: bytes(32) })).status).toBe(400);
    expect((await sign(signer, vote, { identifier: bytes(48) })).status).toBe(404);
    expect(await value(MALFORMED)).toBe(0);
    expect((await sign(signer, '{')).status).toBe(400);
    expect((await sign(signer, { ...vote, signingRoot: '0x1' })).status).toBe(400);
    expect((await sign(signer, { type: 'ATTESTATION' })).status).toBe(400);
    expect((await sign(signer, vote, { identifier: '0x12' })).status).toBe(400);
    expect(await value(MALFORMED)).toBe(4);
    expect(await value(MISSING)).toBe(1);
  });

  it("Commit-Boost's requests count for nothing", async () => {
    const signer = await startCommitBoostSigner();
    const { value } = scraped(signer);
    const ask = (pubkey: string, root = bytes(32)) =>
      requestSignature(signer, { type: 'CONSENSUS', pubkey, object_root: root });
    expect((await ask(signer.pubkey)).status).toBe(200);
    expect((await ask(bytes(48))).status).toBe(404);
    expect((await ask(signer.pubkey, '0x12')).status).toBe(400);
    for (const name of [PERMITTED, PREVENTED, MISSING, MALFORMED]) expect(await value(name)).toBe(0);
  });

  it('counters are counters, timers summaries with quantiles, and the number of keys a gauge', async () => {
    const signer = await startSignerFixture();
    let now = 0;
    const { registry, value } = scraped(signer, () => now);
    const types: Record<string, string> = {};
    for (const [, name = '', type = ''] of (await registry.metrics()).matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      types[name] = type;
    }
    expect(types).toEqual({
      [PERMITTED]: 'counter',
      [PREVENTED]: 'counter',
      [MISSING]: 'counter',
      [MALFORMED]: 'counter',
      signing_signers_loaded_count: 'gauge',
      signing_bls_signing_duration: 'summary',
      eth2_slashingprotection_database_duration: 'summary',
    });
    const p99 = 'signing_bls_signing_duration{quantile="0.99"}';
    expect(await value(p99)).toBeNaN();
    for (let count = 0; count < 99; count += 1) signer.metrics.signTime('ATTESTATION', 0.0025);
    signer.metrics.signTime('BLOCK_V2', 0.4);
    expect(await value('signing_bls_signing_duration_count')).toBe(100);
    expect(await value('signing_bls_signing_duration_sum')).toBeCloseTo(0.6475);
    const median = await value('signing_bls_signing_duration{quantile="0.5"}');
    expect(median).toBeGreaterThan(0.002);
    expect(median).toBeLessThanOrEqual(0.003);
    expect(await value('signing_bls_signing_duration{quantile="1"}')).toBe(0.5);
    expect(await value(p99)).toBeLessThanOrEqual(0.003);
    // What was ten minutes ago is told by the sum, and no longer by the quantiles.
    now = 700_000;
    expect(await value('signing_bls_signing_duration_count')).toBe(100);
    now = 1_400_000;
    expect(await value(p99)).toBeNaN();
    signer.metrics.signTime('BLOCK_V2', 0.04);
    expect(await value('signing_bls_signing_duration{quantile="0.5"}')).toBeGreaterThan(0.03);
  });
});
