import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { attestation } from '../../../../support/signer-bodies.ts';
import { connectTls, sendTls, tlsFiles } from '../../../../support/tls-fixture.ts';
import { signingConnections } from '../../../../../signer/http/connections/connection-limits.ts';
import { ask, boundedSigner, closedFor, openLine, post, UPCHECK, whenClosed } from './bounded-signer.ts';

const vote = (target: bigint): string => JSON.stringify(attestation(target - 1n, target));

describe('a newcomer when all connections are taken', () => {
  it('is let in, for the one that was silent for the longest time', async () => {
    const signer = await boundedSigner({ connections: 3 });
    const [first, second, third] = [await openLine(signer), await openLine(signer), await openLine(signer)];
    await ask(first, UPCHECK);
    const newcomer = await openLine(signer);
    await whenClosed(second);
    expect(await ask(newcomer, UPCHECK)).toContain('200 OK');
    expect(await ask(first, UPCHECK)).toContain('200 OK');
    expect(await ask(third, UPCHECK)).toContain('200 OK');
    expect(await closedFor(signer, 'no-room')).toBe(1);
  });

  it('takes the place of no client that has got signatures, as long as there are others', async () => {
    const signer = await boundedSigner({ connections: 3 });
    const client = await openLine(signer);
    expect(await ask(client, post(signer, vote(54n)))).toContain('200 OK');
    const idle = [];
    for (let opened = 0; opened < 6; opened += 1) {
      const line = await openLine(signer);
      expect(await ask(line, UPCHECK)).toContain('200 OK');
      idle.push(line);
    }
    expect(await ask(client, post(signer, vote(55n)))).toContain('200 OK');
    await Promise.all(idle.slice(0, 4).map(whenClosed));
  });

  it('proves nothing by requests that are refused', async () => {
    const signer = await boundedSigner({ connections: 2 });
    const refused = await openLine(signer);
    expect(await ask(refused, post(signer, '{}'))).toContain('400 Bad Request');
    const silent = await openLine(signer);
    const newcomer = await openLine(signer);
    await whenClosed(refused);
    expect(await ask(silent, UPCHECK)).toContain('200 OK');
    expect(await ask(newcomer, UPCHECK)).toContain('200 OK');
  });

  it('pushes out one of its own address when that has more than half of the room', async () => {
    const signer = await boundedSigner({ connections: 4 });
    const honest = await openLine(signer, '127.0.0.1');
    const flood = [];
    for (let opened = 0; opened < 6; opened += 1) flood.push(await openLine(signer, '127.0.0.2'));
    await Promise.all(flood.slice(0, 3).map(whenClosed));
    expect(await ask(honest, UPCHECK)).toContain('200 OK');
  });

  it('is turned away when everybody is owed an answer', async () => {
    const signer = await boundedSigner({ connections: 1 });
    const [asked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const original = signer.keyring.sign.bind(signer.keyring);
    vi.spyOn(signer.keyring, 'sign').mockImplementationOnce(async (...parameters) => {
      asked.resolve();
      await goOn.promise;
      return original(...parameters);
    });
    const client = await openLine(signer);
    const answer = ask(client, post(signer, vote(54n)));
    await asked.promise;
    await whenClosed(await openLine(signer));
    goOn.resolve();
    expect(await answer).toContain('200 OK');
  });

  it('is let in over TLS too, and known again after its handshake', async () => {
    const signer = await boundedSigner(
      { connections: 2 },
      { frontDoor: { accessFile: null, tls: tlsFiles(), rateLimit: null, watchMs: 3_600_000 } },
    );
    const [silent, asking] = [await connectTls(signer.url), await connectTls(signer.url)];
    silent.on('error', () => undefined);
    const closed = once(silent, 'close');
    const answer = once(asking, 'data');
    asking.write(UPCHECK);
    await answer;
    expect((await sendTls(signer.url, '/upcheck')).status).toBe(200);
    await closed;
    expect(asking.closed).toBe(false);
    asking.destroy();
  });
});

describe('the number of connections', () => {
  it.each([
    [Number.POSITIVE_INFINITY, 12_000],
    [1_048_576, 12_000],
    [12_640, 12_000],
    [4096, 3456],
    [1024, 384],
    [256, 64],
  ])('with %d open files is %d', (openFiles, connections) => {
    expect(signingConnections(openFiles)).toBe(connections);
  });
});
