import { describe, expect, it } from 'vitest';
import { accessFileText, bearer, writeAccessFile } from '../../../support/access-fixture.ts';
import { aggregationSlot, attestation, bytes } from '../../../support/signer-bodies.ts';
import { json, JSON_HEADERS, send } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { NOW_SLOT } from '../../../support/signer-network.ts';

const vote = attestation(53n, 54n);

function batch(
  signer: SignerFixture,
  identifiers: readonly string[],
  request: object = vote,
  headers: Readonly<Record<string, string>> = {},
) {
  const body = { identifiers, signing_request: request };
  return send(signer.url, '/api/v1/eth2/sign', {
    method: 'POST',
    headers: { ...JSON_HEADERS, ...headers },
    body,
  });
}

describe('the rate limit counts the keys of a batch', () => {
  async function expectLimited(signer: SignerFixture, headers: Readonly<Record<string, string>> = {}) {
    const answer = await batch(signer, signer.pubkeys, vote, headers);
    expect(answer.status).toBe(429);
    expect(json(answer)['code']).toBe('RATE_LIMITED');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    for (const pubkey of signer.pubkeys) expect(signer.guard.statusOf(pubkey).attestation).toBeNull();
    // And nothing was taken away for what was refused but the request itself.
    expect((await batch(signer, signer.pubkeys.slice(0, 3), vote, headers)).status).toBe(200);
  }

  it('of an address', async () => {
    const frontDoor = { accessFile: null, tls: null, rateLimit: 4 };
    const signer = await startSignerFixture({ keys: 5, frontDoor });
    await expectLimited(signer);
  });

  it('of a client, whose burst is what counts', async () => {
    const text = accessFileText(['vc-1'], ['{ client: vc-1, actions: sign, allow: true }']);
    const limited = text.replace('token-sha256', 'rate-limit: { per-second: 1, burst: 4 }\n    token-sha256');
    const frontDoor = { accessFile: writeAccessFile(limited), tls: null, rateLimit: null };
    const signer = await startSignerFixture({ keys: 5, frontDoor });
    await expectLimited(signer, bearer('vc-1'));
  });
});

it('a batch of more than the queue holds is signed in slices, key by key in order', async () => {
  const signer = await startSignerFixture({ keys: 2 });
  const [one = '', two = ''] = signer.pubkeys as readonly string[];
  const identifiers = Array.from({ length: 4200 }, (_, index) => (index % 2 === 0 ? one : two));
  const answer = await batch(signer, [...identifiers, bytes(48)], aggregationSlot(NOW_SLOT));
  expect(answer.status).toBe(200);
  const items = JSON.parse(answer.text) as { identifier: string; signature?: string; error?: object }[];
  expect(items.map(({ identifier }) => identifier)).toEqual([...identifiers, bytes(48)]);
  expect(items.at(-1)).toMatchObject({ error: { reason: 'UNKNOWN_KEY' } });
  const signatures = new Map([one, two].map((key) => [key, new Set<string | undefined>()]));
  for (const { identifier, signature } of items.slice(0, -1)) signatures.get(identifier)!.add(signature);
  expect([...signatures.values()].map((of) => [of.size, of.has(undefined)])).toEqual([
    [1, false],
    [1, false],
  ]);
});
