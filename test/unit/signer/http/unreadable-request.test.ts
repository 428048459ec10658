import { describe, expect, it } from 'vitest';
import { HTTP_ERRORS } from '../../../../signer/http/http-errors.ts';
import { bytes } from '../../../support/signer-bodies.ts';
import { json, LEFT_OPEN, rawExchange, send } from '../../../support/signer-client.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';

const HEAD = 'GET /upcheck HTTP/1.1\r\nHost: localhost\r\n';

describe('what is no HTTP', () => {
  it.each([
    ['no request line', 'hello\r\n\r\n', 'MALFORMED_REQUEST'],
    ['two lengths', `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 'MALFORMED_REQUEST'],
    ['a header without a colon', `${HEAD}nonsense\r\n\r\n`, 'MALFORMED_REQUEST'],
    ['headers without end', `${HEAD}X-A: ${'a'.repeat(40_000)}\r\n\r\n`, 'HEADERS_TOO_LARGE'],
  ] as const)('%s is answered with %s in our own shape', async (_what, text, code) => {
    const signer = await startSignerFixture();
    const answer = await rawExchange(signer.url, text);
    expect(answer).not.toContain(LEFT_OPEN);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    const { status, hint } = HTTP_ERRORS[code];
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(JSON.parse(body)).toMatchObject({ code, hint });
    expect((await send(signer.url, '/upcheck')).status).toBe(200);
  });
});

describe('a path that is no URL', () => {
  it.each(['%zz', bytes(600)])('%s is answered as the client likes it', async (identifier) => {
    const signer = await startSignerFixture();
    const ask = (accept: string) =>
      send(signer.url, `/api/v1/eth2/sign/${identifier}`, { method: 'POST', headers: { accept } });
    const asJson = await ask('application/json');
    expect(asJson.status).toBe(400);
    expect(json(asJson)).toMatchObject({ code: 'MALFORMED_REQUEST', hint: expect.any(String) as string });
    const asText = await ask('text/plain');
    expect(asText.headers['content-type']).toContain('text/plain');
    expect(asText.text).toMatch(/^MALFORMED_REQUEST: /);
  });
});
