import { expect, it } from 'vitest';
import { REFUSALS } from '../../../../slashing-db/index.ts';
import { attestation, block, bytes, randaoReveal, spoiled } from '../../../support/signer-bodies.ts';
import { JSON_HEADERS, send, sign } from '../../../support/signer-client.ts';
import { meddle } from '../../../support/signer-disk.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';

const NAME = 'vigil_signer_sign_requests_total';

/** The counter as `type/result/reason` -> value. */
async function requestsOf({ metrics }: SignerFixture): Promise<Record<string, number>> {
  const { values } = await metrics.signRequests.get();
  return Object.fromEntries(
    values.map(({ labels: { type, result, reason }, value }) => [`${type}/${result}/${reason}`, value]),
  );
}

it('counts nothing at the start, but has a zero for every refusal of every slashable type', async () => {
  const requests = await requestsOf(await startSignerFixture());
  expect(new Set(Object.values(requests))).toEqual(new Set([0]));
  for (const reason of Object.keys(REFUSALS)) {
    for (const type of ['ATTESTATION', 'BLOCK', 'BLOCK_V2']) {
      expect(requests).toHaveProperty([`${type}/refused/${reason}`], 0);
    }
  }
  expect(requests).toHaveProperty(['RANDAO_REVEAL/signed/'], 0);
});

it('counts by type, result and reason, and nothing twice', async () => {
  const signer = await startSignerFixture();
  const vote = attestation(53n, 54n);
  const before = await requestsOf(signer);
  await sign(signer, vote);
  await sign(signer, vote);
  await sign(signer, attestation(53n, 54n, { head: bytes(32) }));
  await sign(signer, block(440n));
  await sign(signer, block(440n, bytes(32)));
  await sign(signer, block(9999n));
  await sign(signer, randaoReveal(55n));
  await sign(signer, '{');
  await sign(signer, spoiled(vote, 'type', 'NO_SUCH_TYPE'));
  await sign(signer, spoiled(vote, 'attestation.slot', '1e3'));
  await sign(signer, vote, { headers: { 'content-type': 'text/xml' } });
  await sign(signer, JSON.stringify(vote).padEnd(1024 * 1024 + 1, ' '));
  const body = ' '.repeat(2 * 1024 * 1024 + 1);
  await send(signer.url, '/api/v1/eth2/sign', { method: 'POST', headers: JSON_HEADERS, body });
  await sign(signer, vote, { identifier: 'zz' });
  await sign(signer, vote, { identifier: bytes(48) });
  const after = await requestsOf(signer);

  const changed = Object.entries(after).filter(([label, value]) => value !== (before[label] ?? 0));
  expect(Object.fromEntries(changed)).toEqual({
    'ATTESTATION/signed/': 2,
    'ATTESTATION/refused/DOUBLE_VOTE': 1,
    'BLOCK_V2/signed/': 1,
    'BLOCK_V2/refused/DOUBLE_PROPOSAL': 1,
    'BLOCK_V2/refused/IN_THE_FUTURE': 1,
    'RANDAO_REVEAL/signed/': 1,
    'unknown/rejected/BAD_JSON': 1,
    'unknown/rejected/UNKNOWN_MESSAGE_TYPE': 1,
    'ATTESTATION/rejected/BAD_INTEGER': 1,
    'unknown/rejected/UNSUPPORTED_MEDIA_TYPE': 1,
    'unknown/rejected/BODY_TOO_LARGE': 2,
    'unknown/rejected/MALFORMED_IDENTIFIER': 1,
    'unknown/rejected/UNKNOWN_KEY': 1,
  });
});

it('shows how many keys can sign and whether the guard can record', async () => {
  const signer = await startSignerFixture({ keys: 3 });
  const gauges = async () => {
    const text = await signer.metrics.registry.metrics();
    return text.split('\n').filter((line) => /^vigil_(signer_keys_loaded|guard_available) /.test(line));
  };
  expect(await gauges()).toEqual(['vigil_signer_keys_loaded 3', 'vigil_guard_available 1']);

  await signer.keyManager.deleteKey(signer.pubkey);
  meddle(signer, 'UPDATE fence SET generation = generation + 1');
  await sign(signer, attestation(53n, 54n), { identifier: signer.pubkeys[1]! });
  expect(await gauges()).toEqual(['vigil_signer_keys_loaded 2', 'vigil_guard_available 0']);
});

it(`times every request under the name of its type (${NAME})`, async () => {
  const signer = await startSignerFixture();
  await sign(signer, attestation(53n, 54n));
  await sign(signer, '{');
  const text = await signer.metrics.registry.metrics();
  expect(text).toContain('vigil_signer_sign_request_seconds_count{type="ATTESTATION"} 1');
  expect(text).toContain('vigil_signer_sign_request_seconds_count{type="unknown"} 1');
});
