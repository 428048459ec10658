import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, vi } from 'vitest';
import { attestation } from '../../../../support/signer-bodies.ts';
import { ask, boundedSigner, closedFor, openLine, post, UPCHECK, whenClosed } from './bounded-signer.ts';

it('gives up a client that reads no answers, whose requests wait behind them', async () => {
  const signer = await boundedSigner({ unreadMs: 300, pipelined: 100_000 });
  // Long answers, so that the buffers of both kernels are full soon.
  const request = `GET /${'x'.repeat(190)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const deaf = connect({ host: '127.0.0.1', port: Number(new URL(signer.url).port) });
  deaf.on('error', () => undefined);
  const closed = whenClosed({ socket: deaf, heard: '' });
  await once(deaf, 'connect');
  deaf.pause();
  for (let sent = 0; sent < 40; sent += 1) deaf.write(request.repeat(1000));
  await expect.poll(() => closedFor(signer, 'unread'), { timeout: 30_000, interval: 50 }).toBe(1);
  deaf.destroy();
  await closed;
  expect(await ask(await openLine(signer), UPCHECK)).toContain('200 OK');
});

it('waits for an answer of its own for as long as it takes', async () => {
  const signer = await boundedSigner({ unreadMs: 50 });
  const original = signer.keyring.sign.bind(signer.keyring);
  const silence = Promise.withResolvers<void>();
  vi.spyOn(signer.keyring, 'sign').mockImplementationOnce(async (...parameters) => {
    await silence.promise;
    return original(...parameters);
  });
  const client = await openLine(signer);
  const answer = ask(client, post(signer, JSON.stringify(attestation(53n, 54n))));
  setTimeout(() => silence.resolve(), 250);
  expect(await answer).toContain('200 OK');
});
