/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return --
   recorded answers are read as they lie there: what their shape is, is what is under test */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  attesterDuties,
  committees,
  finalityCheckpoints,
  genesis,
  header,
  liveness,
  nodeHealth,
  proposerDuties,
  syncing,
  validators,
  type Call,
} from '../../../../beacon/index.ts';
import { epoch } from '../../../../core/units.ts';
import { recordingOf } from '../../../support/beacon-recorded.ts';
import { clientOf, failureOf, json, startBeaconServer } from '../../../support/beacon-server.ts';

const recorded = recordingOf('electra-minimal');
const spec = recorded.spec();
const SYNCING = recorded.bytes('node_syncing').toString();

/** A server below HTTP: sends these bytes to whoever asks, and hangs up. */
async function startRawServer(text: string): Promise<{ url: string }> {
  const server = createServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.end(text)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const failureOfRaw = async (text: string, call: Call<unknown> = syncing()) =>
  failureOf(clientOf(await startRawServer(text)).ask(call));

describe('an answer that is cut off', () => {
  it('below its announced length is none', async () => {
    const { kind } = await failureOfRaw(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${SYNCING.length + 1}\r\n\r\n${SYNCING}`,
    );
    expect(kind).toBe('network');
  });

  it('between two chunks is none, although what came is whole JSON', async () => {
    const size = SYNCING.length.toString(16);
    const { kind } = await failureOfRaw(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n${SYNCING}\r\n`,
    );
    expect(kind).toBe('network');
  });

  it('without any announcement is no JSON', async () => {
    const { kind, code } = await failureOfRaw(`HTTP/1.0 200 OK\r\n\r\n${SYNCING.slice(0, -5)}`);
    expect({ kind, code }).toEqual({ kind: 'invalid', code: 'BEACON_BAD_ANSWER' });
  });

  it('before the first byte is none', async () => {
    expect((await failureOfRaw('')).kind).toBe('network');
  });
});

describe('an answer that is too long', () => {
  const LIMIT = 64 * 1024;

  it('is refused by its announced length, before a byte of it is read', async () => {
    const { kind, message } = await failureOfRaw(`HTTP/1.1 200 OK\r\nContent-Length: ${LIMIT + 1}\r\n\r\n`);
    expect(kind).toBe('too-large');
    expect(message).toContain(`longer than ${LIMIT} bytes`);
  });

  it('is not read to an end that never comes', async () => {
    let sent = 0;
    const server = await startBeaconServer((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(16_384))) sent += 16_384;
      };
      response.on('drain', more);
      more();
    });
    expect((await failureOf(clientOf(server).ask(syncing()))).kind).toBe('too-large');
    // What the operating system buffers on the way is not read either.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it('is measured unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * LIMIT, 0x20));
    const server = await startBeaconServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb);
    });
    expect(bomb.length).toBeLessThan(LIMIT);
    expect((await failureOf(clientOf(server).ask(syncing()))).kind).toBe('too-large');
  });

  it('may be as long as the limit', async () => {
    const server = await startBeaconServer(json(SYNCING.padEnd(LIMIT)));
    expect((await clientOf(server).ask(syncing())).data.headSlot).toBe(68n);
  });
});

describe('an answer that does not come', () => {
  it('in time is none: neither the head of it', async () => {
    const server = await startBeaconServer(() => undefined);
    const { kind, message } = await failureOf(clientOf(server, { timeoutMs: 50 }).ask(syncing()));
    expect(kind).toBe('timeout');
    expect(message).toContain(`${server.url}/eth/v1/node/syncing: no whole answer within 50 ms`);
  });

  it('nor the rest, however steadily it drips', async () => {
    const server = await startBeaconServer((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    });
    expect((await failureOf(clientOf(server, { timeoutMs: 60 }).ask(syncing()))).kind).toBe('timeout');
  });

  it('leaves what the node computes over an epoch more time', async () => {
    const server = await startBeaconServer((_request, response) => {
      setTimeout(() => json(recorded.json('committees'))(_request, response), 60);
    });
    const client = clientOf(server, { timeoutMs: 20, slowTimeoutMs: 5000 });
    const at = { epoch: epoch(recorded.currentEpoch) };
    expect((await client.ask(committees('head', at, spec))).data).toHaveLength(8);
    expect((await failureOf(client.ask(syncing()))).kind).toBe('timeout');
  });

  it('is not waited for when the caller gives up', async () => {
    const server = await startBeaconServer(() => caller.abort(new Error('shutting down')));
    const caller = new AbortController();
    await expect(clientOf(server).ask(syncing(), caller.signal)).rejects.toThrow('shutting down');
  });
});

describe('a status', () => {
  it.each([
    [301, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'not-found'],
    [405, 'refused'],
    [415, 'refused'],
    [429, 'busy'],
    [500, 'server'],
    [501, 'server'],
    [503, 'busy'],
    [504, 'busy'],
  ])('%i is a failure of kind %s', async (status, kind) => {
    const server = await startBeaconServer(json({ code: status, message: 'so it is' }, status));
    const failure = await failureOf(clientOf(server).ask(syncing()));
    expect(failure.kind).toBe(kind);
  });

  it('201 is no answer to a question', async () => {
    const server = await startBeaconServer(json(SYNCING, 201));
    expect((await failureOf(clientOf(server).ask(syncing()))).kind).toBe('refused');
  });

  it('of /health is the answer', async () => {
    const health = async (status: number) => {
      const server = await startBeaconServer((_request, response) => response.writeHead(status).end());
      return (await clientOf(server).ask(nodeHealth())).data;
    };
    expect([await health(200), await health(206), await health(503)]).toEqual([
      'ready',
      'syncing',
      'not-initialized',
    ]);
  });

  it('brings the words of the node, in one line and not too many of them', async () => {
    const server = await startBeaconServer(json({ message: `a\nb\u001b[31m${'x'.repeat(900)}` }, 404));
    const { message } = await failureOf(clientOf(server).ask(syncing()));
    expect(message).toMatch(/status 404: a b \[31mx+$/);
    expect(message.length).toBeLessThan(300);
  });

  it('brings no credentials, even if a proxy shows them around', async () => {
    const server = await startBeaconServer(({ headers, url }, response) => {
      response.writeHead(401).end(`Bad: ${headers.authorization} at ${url}, user:s3cret`);
    });
    const url = `${server.url.replace('http://', 'http://user:s3cret@')}/keys/abcdef0123?apikey=t0psecret`;
    const { message } = await failureOf(clientOf({ url }).ask(syncing()));
    expect(server.requests[0]?.url).toBe('/keys/abcdef0123/eth/v1/node/syncing?apikey=t0psecret');
    for (const secret of [
      's3cret',
      't0psecret',
      'abcdef0123',
      Buffer.from('user:s3cret').toString('base64'),
    ]) {
      expect(message).not.toContain(secret);
    }
    expect(message).toContain(`${server.url}/eth/v1/node/syncing: status 401: Bad: Basic ***`);
  });
});

describe('JSON of the wrong kind', () => {
  const at = epoch(recorded.currentEpoch);
  const indices = [0n, 3n, 8n, 9n, 15n];
  const questions: [string, Call<unknown>][] = [
    ['node_syncing', syncing()],
    ['genesis', genesis()],
    ['headers_head', header('head')],
    ['finality_checkpoints', finalityCheckpoints('head')],
    ['validators_ids', validators('head', indices)],
    ['committees', committees('head', { epoch: at }, spec)],
    ['duties_attester', attesterDuties(at, indices, spec)],
    ['duties_proposer', proposerDuties(at, spec)],
    ['liveness', liveness(at, indices)],
  ];

  /** Paths of all values in a JSON document that are no containers. */
  function leaves(value: any, path: (string | number)[] = []): (string | number)[][] {
    if (typeof value !== 'object' || value === null) return [path];
    return Object.entries(value).flatMap(([key, each]) =>
      leaves(each, [...path, Array.isArray(value) ? Number(key) : key]),
    );
  }

  const changed = (document: any, path: (string | number)[], to: unknown): unknown => {
    const copy = structuredClone(document);
    const holder = path.slice(0, -1).reduce((value, key) => value[key], copy);
    if (to === undefined) Reflect.deleteProperty(holder as object, path.at(-1)!);
    else holder[path.at(-1)!] = to;
    return copy;
  };

  /** Left out, these have a meaning; and of some the client has no use. */
  const MAY_BE_MISSING = /^(execution_optimistic|finalized|dependent_root|is_optimistic|el_offline)$/;
  const NOT_READ = /^(genesis_fork_version|signature|validator_aggregates)$/;

  it.each(questions)('in the answer %s is refused, with the field', async (name, call) => {
    const document = recorded.json(name);
    const server = await startBeaconServer(json(''));
    const client = clientOf(server);
    const wrong = fc.constantFrom<unknown>(
      undefined,
      null,
      {},
      [],
      '',
      'x',
      '-1',
      '1e3',
      '0x',
      ' 1',
      1.5,
      -1,
      2 ** 60,
      '9'.repeat(30),
    );
    const unread = (key: unknown) =>
      NOT_READ.test(String(key)) || (name === 'duties_attester' && key === 'dependent_root');
    const places = leaves(document).filter((path) => !unread(path.at(-1)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), wrong, async (path, to) => {
        fc.pre(
          !(
            to === undefined &&
            (MAY_BE_MISSING.test(String(path.at(-1))) || typeof path.at(-1) === 'number')
          ),
        );
        server.handler = json(changed(document, path, to));
        const failure = await failureOf(client.ask(call));
        expect(failure.code).toBe('BEACON_BAD_ANSWER');
        expect(failure.message.startsWith(`${server.url}/eth/`)).toBe(true);
        const field = path.findLast((key) => typeof key === 'string')!;
        expect(failure.message).toContain(field);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['null', '[]', '5', '"data"', '{}', '{"data":null}', '{"data":5}', '<html>', '\u0000', ''])(
    '%j is no answer to anything',
    async (text) => {
      const server = await startBeaconServer(json(text));
      for (const [, call] of questions) {
        expect(await failureOf(clientOf(server).ask(call))).toMatchObject({ code: 'BEACON_BAD_ANSWER' });
      }
    },
  );

  it('that is not UTF-8 is refused', async () => {
    const bytes = Buffer.concat([Buffer.from('{"data":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const server = await startBeaconServer((_request, response) => response.end(bytes));
    const { message } = await failureOf(clientOf(server).ask(syncing()));
    expect(message).toContain('not JSON in UTF-8');
  });

  it('is not what keys and numbers of another spelling make it', async () => {
    // Clients add keys with every fork, leave out what is false, and some write numbers.
    const server = await startBeaconServer(
      json({ data: { head_slot: 68, sync_distance: '0', is_syncing: false, new_thing: {} }, other: 1 }),
    );
    expect(await clientOf(server).ask(syncing())).toEqual({
      data: { headSlot: 68n, syncDistance: 0n, isSyncing: false, isOptimistic: false, elOffline: false },
      executionOptimistic: false,
      finalized: null,
    });
  });
});
