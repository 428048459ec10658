import { expect, it } from 'vitest';
import { attestation, block, bytes } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';

/**
 * Behaviours of SlashingProtectionAcceptanceTest, with what the metrics say after each. Web3Signer counts what it
 * permitted and what it prevented; here each has its type and its reason, and the sums are the same.
 */

async function counted({ metrics }: SignerFixture): Promise<{ permitted: number; prevented: number }> {
  const { values } = await metrics.signRequests.get();
  const sum = (result: string) =>
    values.filter(({ labels }) => labels.result === result).reduce((total, { value }) => total + value, 0);
  return { permitted: sum('signed'), prevented: sum('refused') };
}

const reasons = async ({ metrics }: SignerFixture): Promise<unknown[]> =>
  (await metrics.signRequests.get()).values
    .filter(({ labels, value }) => labels.result === 'refused' && value > 0)
    .map(({ labels }) => `${labels.type} ${labels.reason}`);

/** Signs the first, then expects this of the second. */
async function oneAfterAnother(
  first: object,
  second: object,
  status: 200 | 412,
  ...reason: string[]
): Promise<void> {
  const signer = await startSignerFixture();
  expect(await counted(signer)).toEqual({ permitted: 0, prevented: 0 });
  expect((await sign(signer, first)).status).toBe(200);
  expect(await counted(signer)).toEqual({ permitted: 1, prevented: 0 });
  expect((await sign(signer, second)).status).toBe(status);
  const [permitted, prevented] = status === 200 ? [2, 0] : [1, 1];
  expect(await counted(signer)).toEqual({ permitted, prevented });
  expect(await reasons(signer)).toEqual(reason);
}

it('signs the same attestation twice', () => oneAfterAnother(attestation(5n, 6n), attestation(5n, 6n), 200));

it('does not sign a second attestation of a target with another signing root', () =>
  oneAfterAnother(
    attestation(5n, 6n),
    attestation(5n, 6n, { head: bytes(32) }),
    412,
    'ATTESTATION DOUBLE_VOTE',
  ));

it('does not sign a surrounded attestation', () =>
  oneAfterAnother(attestation(3n, 6n), attestation(4n, 5n), 412, 'ATTESTATION TARGET_NOT_ABOVE_WATERMARK'));

it('does not sign a surrounding attestation', () =>
  oneAfterAnother(attestation(3n, 6n), attestation(2n, 7n), 412, 'ATTESTATION SURROUND_VOTE'));

it('signs the same block twice', () => oneAfterAnother(block(403n), block(403n), 200));

it('does not sign a second block of a slot with another signing root', () =>
  oneAfterAnother(block(403n), block(403n, bytes(32)), 412, 'BLOCK_V2 DOUBLE_PROPOSAL'));
