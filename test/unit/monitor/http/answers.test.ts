import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import { monitorApiDocument } from '../../../../monitor/http/index.ts';
import { monitorApi, type Answered } from '../../../support/monitor-api.ts';
import { root, story, WATCHED } from '../../../support/monitor-filled.ts';
import { judgeOf } from '../../../support/openapi-validation.ts';

const document = monitorApiDocument();
const judge = judgeOf(document, true);

interface Described {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: unknown }>> }>
  >;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: unknown }[];
}

/** What is wrong with an answer by the document, or null. */
function problemOf(path: string, { status, headers, body, text }: Answered): string | null {
  const operation = document.paths[path]?.['get'] as unknown as Described | undefined;
  const content = operation?.responses[`${status}`]?.content;
  if (content === undefined) return `${path} ${status} is not in the document`;
  const type = (headers['content-type'] as string).split(';')[0]!;
  const media = content[type];
  if (media === undefined) return `${path} ${status} as ${type} is not in the document`;
  return judge.problem(media.schema, type === 'application/json' ? body : text);
}

/** Paths with queries that all have something to answer with. */
const ASKS: readonly [path: string, query: string][] = [
  ['/api/v1/status', ''],
  ['/api/v1/overview', ''],
  ['/api/v1/validators', '?status=active_exiting,active_ongoing&group=home'],
  ['/api/v1/validators/{validator}', '?epochs=16'],
  ['/api/v1/attestations', ''],
  ['/api/v1/attestations', '?by=validator&validators=3'],
  ['/api/v1/attestations/exceptions', ''],
  ['/api/v1/attestations/network', '?limit=3'],
  ['/api/v1/proposals', ''],
  ['/api/v1/proposals', '?stage=head'],
  ['/api/v1/sync', ''],
  ['/api/v1/sync/epochs', ''],
  ['/api/v1/events', '?kind=status,withdrawal_partial'],
  ['/api/v1/rewards', ''],
  ['/api/v1/rewards', '?by=validator'],
  ['/api/v1/rewards', '?by=group'],
  ['/api/v1/rewards', '?by=day&fromDay=2023-11-15'],
  ['/api/v1/payments', '?order=oldest'],
  ['/api/v1/foreign-messages', ''],
  ['/api/v1/gaps', ''],
  ['/api/v1/window', '?group=home'],
  ['/healthz', ''],
  ['/metrics', ''],
  ['/openapi.json', ''],
];

/** An API with a foreign message in it. */
async function wholeApi() {
  const api = await monitorApi();
  api.store.addForeign({
    pubkey: WATCHED[3]!.pubkey,
    validatorIndex: 3,
    kind: 'attestation',
    slot: slot(150n),
    signingRoot: root(5),
    onChain: '{"data":{}}',
    ours: null,
    seenAtMs: 1_700_000_000_000n,
    action: 'frozen',
  });
  return api;
}

describe('every answer is what the document says', () => {
  it.each(ASKS)('%s%s', async (path, query) => {
    const { ask } = await wholeApi();
    const answer = await ask(path.replace('{validator}', '3') + query);
    expect([answer.status, problemOf(path, answer)]).toEqual([200, null]);
    // A list without a row would prove nothing.
    if ('rows' in answer.body) expect(answer.body['rows']).not.toEqual([]);
    // The same with a member too many, so that this could not pass unseen.
    if (path.startsWith('/api')) {
      const changed = { ...answer, body: { ...answer.body, surprise: 1 } };
      expect(problemOf(path, changed)).toContain('must NOT have additional properties');
    }
  });

  it('before there is anything to tell', async () => {
    const { ask, become } = await monitorApi();
    become({ head: null, finalizedEpoch: null, lastFinalEpoch: null, watched: [], nodes: [], pending: [] });
    for (const [path, query] of ASKS) {
      if (query.includes('group=') || query.includes('validators=')) continue;
      const answer = await ask(path.replace('{validator}', '3') + query);
      expect([path, answer.status, problemOf(path, answer)]).toEqual([
        path,
        path === '/healthz' ? 503 : 200,
        null,
      ]);
    }
  });

  it.each(['?nothing=1', '?group=nobody', '?validators=9999'])(
    'also when it is an error: %s',
    async (query) => {
      const { ask } = await monitorApi();
      for (const [path] of ASKS.filter(([each]) => each.startsWith('/api'))) {
        const answer = await ask(path.replace('{validator}', '3') + query);
        expect([path, problemOf(path, answer)]).toEqual([path, null]);
        expect([path, answer.status >= 400]).toEqual([path, true]);
      }
    },
  );

  it('has a test of every path', () => {
    expect(new Set(ASKS.map(([path]) => path))).toEqual(new Set(Object.keys(document.paths)));
  });

  it('has parameters that are there, once each, and schemas that can be compiled', () => {
    const ids = new Set<unknown>();
    for (const [path, { get }] of Object.entries(document.paths)) {
      const { parameters = [], responses } = get as unknown as Described;
      ids.add(get!['operationId']);
      expect(parameters.filter((each) => each.in === 'path').map(({ name }) => `{${name}}`)).toEqual(
        path.match(/\{\w+\}/g) ?? [],
      );
      expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
      for (const { schema } of parameters) judge.problem(schema, undefined);
      expect(Object.keys(responses)).toContain('200');
    }
    expect(ids.size).toBe(Object.keys(document.paths).length);
  });
});

describe('the answers are true', () => {
  it('of the votes that are not perfect, page by page and from both ends', async () => {
    const { ask } = await monitorApi();
    const expected = story()
      .flatMap(({ attestations }) => attestations)
      .filter(({ result }) => result !== 'perfect')
      .map(({ epoch: at, validatorIndex, result }) => [at.toString(), validatorIndex, result])
      .sort((one, other) => Number(one[0]) - Number(other[0]));
    const walk = async (order: string) => {
      const found: unknown[] = [];
      let cursor = '';
      do {
        const { body } = await ask(`/api/v1/attestations/exceptions?order=${order}&limit=1${cursor}`);
        for (const row of body['rows'] as Record<string, unknown>[])
          found.push([row['epoch'], row['validatorIndex'], row['result']]);
        cursor = body['next'] === null ? '' : `&cursor=${body['next'] as string}`;
      } while (cursor !== '');
      return found;
    };
    const oldest = await walk('oldest');
    expect(oldest).toHaveLength(4);
    expect(oldest).toEqual(expected);
    expect(await walk('newest')).toEqual([...expected].reverse());
  });

  it('of everybody who is watched, page by page', async () => {
    const { ask } = await monitorApi();
    const found: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await ask(`/api/v1/validators?limit=2${cursor}`);
      for (const row of body['rows'] as Record<string, unknown>[]) found.push(row['index']);
      cursor = body['next'] === null ? '' : `&cursor=${body['next'] as string}`;
    } while (cursor !== '');
    expect(found).toEqual([0, 1, 2, 3, 4]);
  });

  it('of who is meant, by group, index or key', async () => {
    const { ask } = await monitorApi();
    const indices = async (query: string) =>
      ((await ask(`/api/v1/validators?${query}`)).body['rows'] as { index: number }[]).map(
        ({ index }) => index,
      );
    expect(await indices('group=rented')).toEqual([3, 4]);
    expect(await indices(`validators=1,${WATCHED[4]!.pubkey.toUpperCase().replace('0X', '0x')}`)).toEqual([
      1, 4,
    ]);
    expect(await indices('validators=1,4&group=rented')).toEqual([4]);
    expect(await indices('status=active_exiting')).toEqual([2]);
  });

  it('of one validator: final votes and those of the head, missed and unknown told apart', async () => {
    const { ask, become } = await monitorApi();
    const votes = async (index: number) =>
      ((await ask(`/api/v1/validators/${index}?epochs=6`)).body['votes'] as Record<string, unknown>[]).map(
        (vote) =>
          `${vote['epoch']} ${vote['stage']} ${vote['result']}${vote['closed'] === true ? '' : ' so far'}`,
      );
    const older = ['18 final perfect', '17 final perfect', '16 final perfect', '15 final perfect'];
    const news = ['22 head missed so far', '21 head missed'];
    expect(await votes(3)).toEqual([...news, '20 final missed', '19 final missed', ...older]);
    expect((await votes(2)).slice(-1)).toEqual(['15 final unknown']);
    become({ clockSlot: slot(300n) });
    expect((await votes(3))[0]).toBe('20 final missed');
  });

  it('of an epoch that is missing: nothing is made up', async () => {
    const { ask } = await monitorApi();
    const { body } = await ask('/api/v1/validators/0?epochs=10');
    const epochs = (body['votes'] as { epoch: string }[]).map((vote) => vote.epoch);
    expect(epochs).not.toContain('13');
    expect(epochs).toContain('12');
    expect((await ask('/api/v1/gaps')).body['rows']).toEqual([
      { fromEpoch: '13', toEpoch: '13', validators: 5, named: [0, 1, 2, 3, 4], skipped: null },
    ]);
  });

  it('of gaps, page by page', async () => {
    const { ask, store } = await monitorApi();
    store.watch(
      [{ ...WATCHED[0]!, index: 9, pubkey: WATCHED[0]!.pubkey.replace('a0', 'b0') as never }],
      epoch(12n),
    );
    const found: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await ask(`/api/v1/gaps?limit=1${cursor}`);
      for (const row of body['rows'] as Record<string, unknown>[])
        found.push([row['fromEpoch'], row['toEpoch'], (row['named'] as unknown[]).length]);
      cursor = body['next'] === null ? '' : `&cursor=${body['next'] as string}`;
    } while (cursor !== '');
    expect(found).toEqual([
      ['12', '12', 1],
      ['13', '13', 6],
      ['14', '20', 1],
    ]);
  });

  it('of amounts beyond what a JSON number can hold', async () => {
    const { ask } = await monitorApi();
    const { text } = await ask('/api/v1/payments?confidence=exact');
    expect(text).toContain('"amountWei":"10000000000000000001"');
  });

  it('of the votes of groups, without what is unknown', async () => {
    const { ask } = await monitorApi();
    const { body } = await ask('/api/v1/attestations?fromEpoch=10&toEpoch=20');
    expect(body).toMatchObject({ fromEpoch: '10', toEpoch: '20', next: null });
    expect(body['rows']).toMatchObject([
      { group: 'home', validators: 3, assigned: '30', results: { perfect: '28', late: '1', unknown: '1' } },
      { group: 'rented', validators: 2, assigned: '20', results: { missed: '2' }, effectiveness: 0.9 },
    ]);
    const [home] = body['rows'] as { effectiveness: number }[];
    expect(home!.effectiveness).toBeCloseTo(28.5 / 29, 5);
  });

  it('of the sums of the ledger, whichever way they are made', async () => {
    const { ask } = await monitorApi();
    const sum = async (by: string, query = ''): Promise<bigint[]> => {
      const rows = (await ask(`/api/v1/rewards?by=${by}${query}`)).body['rows'] as Record<string, string>[];
      return ['attestationGwei', 'syncGwei', 'residualGwei', 'depositsGwei'].map((name) =>
        rows.reduce((total, row) => total + BigInt(row[name]!), 0n),
      );
    };
    const parts = story().flatMap((record) => record.parts);
    const expected = (['attestationGwei', 'syncGwei', 'residualGwei', 'depositsGwei'] as const).map((name) =>
      parts.reduce((total, part) => total + part[name], 0n),
    );
    for (const by of ['row', 'validator', 'group', 'day'])
      expect([by, await sum(by)]).toEqual([by, expected]);
    const rented = await sum('day', '&group=rented&fromDay=2023-11-15');
    expect(rented).toEqual([1000n, -33n, -7n, 10_000n - 1000n + 33n + 7n]);
    expect(await sum('group', '&fromDay=2023-11-16')).toEqual([0n, 0n, 0n, 0n]);
    const { body } = await ask('/api/v1/rewards?by=validator&limit=2&fromDay=2023-11-15');
    expect((body['rows'] as { key: string }[]).map(({ key }) => key)).toEqual(['0', '1']);
    const next = await ask('/api/v1/rewards?by=validator&limit=2&fromDay=2023-11-15&cursor=1');
    expect((next.body['rows'] as { key: string }[]).map(({ key }) => key)).toEqual(['2', '3']);
  });

  it('of the proposals at the head, and none while it is old', async () => {
    const { ask, become } = await monitorApi();
    const slots = async (query: string) =>
      ((await ask(`/api/v1/proposals?stage=head${query}`)).body['rows'] as { slot: string }[]).map(
        (row) => row.slot,
      );
    expect(await slots('')).toEqual(['198', '190', '180', '170']);
    expect(await slots('&order=oldest&group=home')).toEqual(['170', '180', '198']);
    expect(await slots('&fromSlot=180&toSlot=190')).toEqual(['190', '180']);
    become({ clockSlot: slot(300n) });
    expect(await slots('')).toEqual([]);
  });

  it('of the window ahead', async () => {
    const { ask, become } = await monitorApi();
    const { body } = await ask('/api/v1/window');
    expect(body).toEqual({
      knownUntilSlot: '199',
      proposals: [
        { validatorIndex: 4, group: 'rented', slot: '190', inSeconds: 9 },
        { validatorIndex: 0, group: 'home', slot: '198', inSeconds: 57 },
      ],
      syncCurrent: [{ validatorIndex: 4, positions: 2 }],
      syncNext: [{ validatorIndex: 1, positions: 1 }],
      longestQuiet: { fromSlot: '191', toSlot: '197', inSeconds: 15, seconds: 42 },
    });
    expect((await ask('/api/v1/window?validators=1')).body).toMatchObject({
      proposals: [],
      syncCurrent: [],
      longestQuiet: { fromSlot: '189', toSlot: '199' },
    });
    become({ clockSlot: slot(300n) });
    expect((await ask('/api/v1/window')).body).toMatchObject({ knownUntilSlot: null, longestQuiet: null });
  });

  it('of all groups at one glance', async () => {
    const { ask, become } = await monitorApi();
    const { body } = await ask('/api/v1/overview');
    expect(body).toMatchObject({
      stale: false,
      head: { epoch: '21', network: { due: 1000, missed: 20 } },
      recent: { fromEpoch: '0', toEpoch: '20', network: { due: 10_000, missed: 100 } },
      groups: [
        { group: 'home', validators: 3, active: 3, comparison: 'well', missingInRow: 0, syncNext: 1 },
        {
          group: 'rented',
          validators: 2,
          comparison: 'ours',
          missingInRow: 1,
          recent: { due: 20, missed: 2 },
        },
      ],
      worst: [{ validatorIndex: 3, missedInRow: 3, recent: { due: 10, missed: 2 } }],
      upcoming: [{ validatorIndex: 4 }, { validatorIndex: 0 }],
    });
    become({ clockSlot: slot(192n) });
    expect((await ask('/api/v1/overview')).body).toMatchObject({
      stale: true,
      head: null,
      groups: [
        { group: 'home', head: null, comparison: 'unknown', missingInRow: null, syncCurrent: null },
        { group: 'rented', comparison: 'unknown', recent: { missed: 2 } },
      ],
      worst: [{ validatorIndex: 3, missedInRow: null, recent: { due: 10, missed: 2 } }],
    });
  });
});
