import { request } from 'node:http';
import { expect, it } from 'vitest';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';

function upcheck(
  signer: SignerFixture,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${signer.url}/upcheck`, { headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject).end();
  });
}

it.each([
  'localhost',
  'LOCALHOST:9000',
  'localhost.',
  '127.0.0.1:9000',
  '10.1.2.3',
  '[::1]:9000',
  'signer.example:1',
])('answers to the name %s', async (host) => {
  expect((await upcheck(await startSignerFixture(), { host })).status).toBe(200);
});

it.each([
  'evil.example',
  'evil.example:9000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'signer.example.evil',
])('does not answer to the name %s, which a page may have made resolve to this machine', async (host) => {
  const answer = await upcheck(await startSignerFixture(), { host, accept: 'application/json' });
  expect(answer.status).toBe(403);
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'HOST_NOT_ALLOWED' });
});

it.each(['http://localhost:9000', 'https://evil.example', 'null'])(
  'does not answer a page of origin %s',
  async (origin) => {
    const answer = await upcheck(await startSignerFixture(), { origin, accept: 'application/json' });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
  },
);
