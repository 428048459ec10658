import { expect, it } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import { MismatchRecord } from '../../../../signer/desk/mismatch-record.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { attestation, bytes, deposit, spoiled } from '../../../support/signer-bodies.ts';
import { signingHistory } from '../../../support/signer-call.ts';
import { json, JSON_HEADERS, send, sign } from '../../../support/signer-client.ts';
import { everythingAllowed, startSignerFixture } from '../../../support/signer-fixture.ts';
import { firstEpochOf, forkInfoAt, NETWORK } from '../../../support/signer-network.ts';

const vote = attestation(53n, 54n);
const otherNetwork = spoiled(vote, 'fork_info.genesis_validators_root', bytes(32));

const MISMATCHES: [string, string, object][] = [
  ['GENESIS_VALIDATORS_ROOT_MISMATCH', 'ATTESTATION', otherNetwork],
  ['FORK_VERSION_MISMATCH', 'ATTESTATION', { ...vote, fork_info: forkInfoAt(firstEpochOf('deneb')) }],
  ['SIGNING_ROOT_MISMATCH', 'ATTESTATION', { ...vote, signing_root: bytes(32) }],
  ['DEPOSIT_WRONG_NETWORK', 'DEPOSIT', deposit('0x99999999')],
];

it.each(MISMATCHES)('%s is counted under its type and on record, once for each', async (code, type, body) => {
  const signer = await startSignerFixture({ policy: everythingAllowed });
  expect(json(await sign(signer, body))['code']).toBe(code);
  const { values } = await signer.metrics.signRequests.get();
  expect(values).toContainEqual(
    expect.objectContaining({ labels: { type, result: 'rejected', reason: code }, value: 1 }),
  );
  await signer.close();
  expect(signingHistory(signer)).toEqual([
    { pubkey: signer.pubkey, type, signingRoot: null, verdict: 'refused', reason: code },
  ]);
});

it('a block under the name of another fork is refused and on record', async () => {
  const at = 440n;
  const header = { slot: at.toString(), proposer_index: '7', parent_root: bytes(32), state_root: bytes(32) };
  const body = (version: string) => ({
    type: 'BLOCK_V2',
    fork_info: forkInfoAt(at / NETWORK.slotsPerEpoch),
    beacon_block: { version, block_header: { ...header, body_root: bytes(32) } },
  });
  const signer = await startSignerFixture();
  for (const version of ['DENEB', 'FULU']) {
    const answer = await sign(signer, body(version));
    expect([answer.status, json(answer)['code']]).toEqual([400, 'MESSAGE_NOT_IN_FORK']);
  }
  expect((await sign(signer, body('ELECTRA'))).status).toBe(200);
});

it('nothing is on record of keys that are not here, and of what is merely malformed', async () => {
  const signer = await startSignerFixture();
  await sign(signer, otherNetwork, { identifier: bytes(48) });
  await sign(signer, spoiled(vote, 'attestation.slot', '1e3'));
  await signer.close();
  expect(signingHistory(signer)).toEqual([]);
});

it('of a batch the keys that are here are on record', async () => {
  const signer = await startSignerFixture({ keys: 2 });
  const identifiers = [...signer.pubkeys, bytes(48), 'zz'];
  const body = { identifiers, signing_request: otherNetwork };
  const answer = await send(signer.url, '/api/v1/eth2/sign', { method: 'POST', headers: JSON_HEADERS, body });
  expect(answer.status).toBe(400);
  await signer.close();
  expect(signingHistory(signer).map(({ pubkey }) => pubkey)).toEqual(signer.pubkeys);
});

it('a flood leaves a few records for each key, and a bounded number for all', () => {
  let now = 0;
  const records: string[] = [];
  const mismatches = new MismatchRecord({ recordRefusal: (pubkey) => records.push(pubkey) }, () => now);
  const key = (number: number) => toHex(Buffer.alloc(48, number.toString(16).padStart(4, '0'))) as Pubkey;
  const asked = { client: '10.0.0.7', type: 'ATTESTATION' };
  const add = (number: number) => mismatches.add(key(number), asked, 'FORK_VERSION_MISMATCH');
  for (let time = 0; time < 1000; time += 1) add(0);
  expect(records).toHaveLength(3);
  now += 60_000;
  expect([add(0), add(0)]).toEqual([true, false]);
  for (let number = 1; number < 20_000; number += 1) add(number);
  expect(records.length).toBeLessThanOrEqual(105);
  // More keys than there are buckets: coming round again does not help.
  for (let number = 0; number < 20_000; number += 1) add(number);
  expect(records.length).toBeLessThanOrEqual(105);
});
