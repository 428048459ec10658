import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { beaconError } from '../../../../beacon/errors.ts';
import { keyError } from '../../../../signer/key-errors.ts';
import { daemonError } from '../../../../signer/daemon-errors.ts';
import { call } from '../../../support/signer-call.ts';
import { attestation } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';

const { handleError } = await import('../../../../signer/http/handle-error.ts');
const { httpError } = await import('../../../../signer/http/http-errors.ts');

const WARN = 40;
const ERROR = 50;

function collected() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as never) });
  return { lines, log };
}

/** The log lines of one error at the edge. */
function logOf(error: unknown): Record<string, unknown>[] {
  const { lines, log } = collected();
  const reply = {
    code: () => reply,
    header: () => reply,
    type: () => reply,
    send: () => undefined,
  };
  handleError(error, { headers: {}, url: '/' }, reply, log);
  return lines;
}

describe('the log', () => {
  it('has no line for a request that this signer never answers', async () => {
    const { lines, log } = collected();
    const signer = await startSignerFixture({ log });
    lines.length = 0;
    const of = (path: string) => `/eth/v1/validator/${signer.pubkey}/${path}`;
    expect((await call(signer, 'GET', of('graffiti'))).status).toBe(501);
    expect((await call(signer, 'POST', of('voluntary_exit'))).status).toBe(501);
    expect(lines).toEqual([]);
  });

  it('has where a database is that lost records; who asked for a signature is not told', async () => {
    const { lines, log } = collected();
    const signer = await startSignerFixture({ log });
    const reason = 'DB_ROLLED_BACK, seen by the signer one: postgresql://keeper@db.example/vigil is older';
    await signer.guard.operator.freeze('all', { by: 'a test', reason });
    const answer = await sign(signer, attestation(9n, 10n));
    expect(answer.status).toBe(412);
    expect(answer.text).toContain(': DB_ROLLED_BACK)');
    expect(answer.text).not.toContain('db.example');
    expect(lines.find(({ code }) => code === 'ALL_FROZEN')?.['detail']).toContain(reason);
  });

  it.each([
    ['SIGNER_BUSY', () => daemonError('SIGNER_BUSY')],
    ['BEACON_UNREACHABLE', () => beaconError('BEACON_UNREACHABLE', 'it is down', new Error('ECONNREFUSED'))],
  ])('warns of %s, which passes, without a stack', (code, make) => {
    const [line, ...more] = logOf(make());
    expect(more).toEqual([]);
    expect(line).toMatchObject({ level: WARN, code });
    expect(JSON.stringify(line)).not.toContain('at ');
  });

  it('has a failure that wants a person as an error, with what to do and the cause, without a stack', () => {
    const [line] = logOf(keyError('KEY_FILE_UNWRITABLE', 'no room', new Error('ENOSPC')));
    expect(line).toMatchObject({ level: ERROR, code: 'KEY_FILE_UNWRITABLE', cause: 'ENOSPC' });
    expect(line?.['hint']).toEqual(expect.any(String));
    expect(line).not.toHaveProperty('err');
  });

  it.each([new Error('a bug'), httpError('INTERNAL', 'a bug')])('has a bug with its stack', (bug) => {
    const [line] = logOf(bug);
    expect(line).toMatchObject({ level: ERROR, err: { stack: expect.stringContaining('at ') as string } });
  });
});
