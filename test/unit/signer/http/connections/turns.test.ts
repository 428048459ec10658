import { expect, it, vi } from 'vitest';
import { attestation } from '../../../../support/signer-bodies.ts';
import { boundedSigner, closedFor, openLine, post, UPCHECK, whenClosed } from './bounded-signer.ts';

const vote = (target: bigint): string => JSON.stringify(attestation(target - 1n, target));

it('begins a pipelined request when the one before it is answered, and answers all in order', async () => {
  const signer = await boundedSigner({});
  const order: string[] = [];
  let underWay = 0;
  const original = signer.keyring.sign.bind(signer.keyring);
  vi.spyOn(signer.keyring, 'sign').mockImplementation(async (...parameters) => {
    underWay += 1;
    order.push(`${underWay} under way`);
    const outcome = await original(...parameters);
    underWay -= 1;
    return outcome;
  });
  const count = 40;
  const line = await openLine(signer);
  const votes = Array.from({ length: count }, (_, index) => post(signer, vote(10n + BigInt(index % 30))));
  line.socket.write(votes.join('') + UPCHECK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  await whenClosed(line);
  const statuses = [...line.heard.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  // Thirty votes forwards, then ten that are too late.
  expect(statuses).toEqual([...Array<string>(30).fill('200'), ...Array<string>(10).fill('412'), '200']);
  expect(order).toEqual(Array<string>(count).fill('1 under way'));
});

it('signs nothing behind an answer that closes the connection', async () => {
  const signer = await boundedSigner({});
  const sign = vi.spyOn(signer.keyring, 'sign');
  const line = await openLine(signer);
  line.socket.write(post(signer, 'xx', 'Content-Encoding: gzip') + post(signer, vote(54n)));
  await whenClosed(line);
  expect(line.heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 415']);
  expect(sign).not.toHaveBeenCalled();
});

it('closes who sends more ahead than the listener keeps, and gives the room back', async () => {
  const signer = await boundedSigner({ pipelined: 20 });
  for (let round = 1; round <= 3; round += 1) {
    const greedy = await openLine(signer);
    greedy.socket.write(post(signer, vote(BigInt(round))).repeat(30));
    await whenClosed(greedy);
    expect(await closedFor(signer, 'pipelining')).toBe(round);
  }
  const modest = await openLine(signer);
  modest.socket.write(UPCHECK.repeat(20) + UPCHECK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  await whenClosed(modest);
  expect(modest.heard.match(/HTTP\/1\.1 200/g)).toHaveLength(21);
});
