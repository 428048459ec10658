import { expect, it } from 'vitest';
import { attestation } from '../../../../support/signer-bodies.ts';
import { startSignerFixture } from '../../../../support/signer-fixture.ts';
import { ask, openLine, post, UPCHECK, whenClosed } from './bounded-signer.ts';

const body = JSON.stringify(attestation(53n, 54n));

it('a signer that stops answers what is under way and then keeps no connection open', async () => {
  const signer = await startSignerFixture();
  const client = await openLine(signer);
  const vote = post(signer, body);
  client.socket.write(vote.slice(0, -10));
  // The answer on another connection tells that the first one's half was read.
  const other = await openLine(signer);
  await ask(other, UPCHECK);
  const stopped = signer.close();
  await whenClosed(other);
  expect(await ask(client, vote.slice(-10))).toContain('200 OK');
  await whenClosed(client);
  await stopped;
});

it('a request that never ends does not keep a signer from stopping', async () => {
  const signer = await startSignerFixture({ limits: { bodyBytes: 1024 * 1024, requestMs: 300 } });
  const slow = await openLine(signer);
  slow.socket.write(post(signer, body.padEnd(10_000)).slice(0, -9000));
  await ask(await openLine(signer), UPCHECK);
  const drip = setInterval(() => slow.socket.write(' '), 50);
  slow.socket.once('close', () => clearInterval(drip));
  await signer.close();
  await whenClosed(slow);
  expect(slow.heard).not.toContain('200 OK');
});
