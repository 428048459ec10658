import { expect, it } from 'vitest';
import { attestation } from '../../../../support/signer-bodies.ts';
import { ask, boundedSigner, closedFor, openLine, post, whenClosed } from './bounded-signer.ts';

const MEGABYTE = 1024 * 1024;
const body = JSON.stringify(attestation(53n, 54n));

it('gives up the oldest unfinished bodies when there are too many, and signs for who sends his at once', async () => {
  const signer = await boundedSigner({ bodyBytes: 3 * MEGABYTE });
  const lines = [];
  for (let opened = 0; opened < 5; opened += 1) {
    const line = await openLine(signer);
    const length = `Content-Length: ${MEGABYTE}`;
    const framing = opened % 2 === 0 ? length : 'Transfer-Encoding: chunked';
    line.socket.write(post(signer, '', framing).replace('Content-Length: 0\r\n', ''));
    lines.push(line);
  }
  await Promise.all(lines.slice(0, 2).map(whenClosed));
  const client = await openLine(signer);
  expect(await ask(client, post(signer, body))).toContain('200 OK');
  // The small body needed room as well.
  await whenClosed(lines[2]!);
  expect(lines.slice(3).map(({ socket }) => socket.closed)).toEqual([false, false]);
  expect(await closedFor(signer, 'bodies')).toBe(3);
});

it('prefers a large one to a small one that is older', async () => {
  const signer = await boundedSigner({ bodyBytes: MEGABYTE });
  const small = await openLine(signer);
  small.socket.write(post(signer, body).slice(0, -10));
  const large = await openLine(signer);
  large.socket.write(post(signer, '', `Content-Length: ${MEGABYTE}`).replace('Content-Length: 0\r\n', ''));
  await whenClosed(large);
  expect(await ask(small, post(signer, body).slice(-10))).toContain('200 OK');
});

it('forgets bodies that came in whole or whose connection is gone', async () => {
  const signer = await boundedSigner({ bodyBytes: MEGABYTE });
  for (let round = 0; round < 4; round += 1) {
    const client = await openLine(signer);
    expect(await ask(client, post(signer, body.padEnd(MEGABYTE / 2)))).toContain('200 OK');
    const gone = await openLine(signer);
    gone.socket.end(post(signer, body.padEnd(MEGABYTE / 2)).slice(0, -10));
    await whenClosed(gone);
  }
  expect(await closedFor(signer, 'bodies')).toBe(0);
});
