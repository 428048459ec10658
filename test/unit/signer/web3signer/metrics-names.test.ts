import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { attestation, bytes } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';

const { registerWeb3SignerMetrics } = await import('../../../../signer/metrics/web3signer-metrics.ts');

/** The names of Web3Signer's own acceptance tests and of its dashboard, with its meaning of them. */
it('what happened is told under the names of Web3Signer too', async () => {
  const signer = await startSignerFixture();
  const registry = new Registry();
  registerWeb3SignerMetrics(registry, { metrics: signer.metrics, loadedKeys: () => signer.keyring.size });
  const value = async (name: string): Promise<number> => {
    const found = new RegExp(`^${name} (.*)$`, 'm').exec(await registry.metrics())?.[1];
    return Number(found);
  };
  expect(await value('eth2_slashingprotection_permitted_signings_total')).toBe(0);
  await sign(signer, attestation(53n, 54n));
  await sign(signer, attestation(53n, 54n));
  await sign(signer, attestation(53n, 54n, { head: bytes(32) }));
  await sign(signer, attestation(53n, 54n), { identifier: bytes(48) });
  await sign(signer, '{');
  expect(await value('eth2_slashingprotection_permitted_signings_total')).toBe(2);
  expect(await value('eth2_slashingprotection_prevented_signings_total')).toBe(1);
  expect(await value('signing_bls_missing_identifier_count_total')).toBe(1);
  expect(await value('http_bls_malformed_request_count_total')).toBe(1);
  expect(await value('signing_signers_loaded_count')).toBe(1);
  expect(await value('signing_bls_signing_duration_count')).toBe(5);
  expect(await value('signing_bls_signing_duration_sum')).toBeGreaterThan(0);
});
