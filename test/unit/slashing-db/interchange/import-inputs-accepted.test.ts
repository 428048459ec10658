import { describe, expect, it } from 'vitest';
import {
  attEntry,
  blockEntry,
  documentOf,
  keyEntry,
  METADATA,
  streamOf,
  upperCase,
} from '../../../support/interchange-text.ts';
import { att, GENESIS_VALIDATORS_ROOT, KEY_A, KEY_B, root } from '../../../support/slashing-fixtures.ts';
import { openAnyTestGuard } from '../../../support/any-storage.ts';
import { exportOf, tempDatabase, verdict } from '../../../support/temp-guard.ts';
import { guardWithHistory } from './guard-with-history.ts';

const good = keyEntry(KEY_B, [blockEntry(90, root(7))], [attEntry(8, 9, root(7))]);

describe('a file that is accepted', () => {
  const imported = async (...texts: string[]) => {
    const guard = await openAnyTestGuard(tempDatabase());
    const reports = [];
    for (const text of texts) reports.push(await guard.importInterchange(streamOf(text)));
    return { guard, report: reports.at(-1)! };
  };

  it('may name the network and the keys in any letter case', async () => {
    const metadata = { ...METADATA, genesis_validators_root: upperCase(GENESIS_VALIDATORS_ROOT) };
    const { guard } = await imported(
      JSON.stringify({ metadata, data: [keyEntry(upperCase(KEY_A), [blockEntry(5)])] }),
    );
    expect(guard.statusOf(KEY_A).block?.slot).toBe(5n);
  });

  it('may have its parts in any order', async () => {
    const entry = { signed_attestations: [attEntry(1, 2)], pubkey: KEY_A, signed_blocks: [blockEntry(5)] };
    const { guard } = await imported(JSON.stringify({ data: [entry], metadata: METADATA }));
    expect(guard.statusOf(KEY_A)).toMatchObject({ block: { slot: 5n }, attestation: { target: 2n } });
  });

  it('is refused for its metadata even where they come last', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    const metadata = { ...METADATA, genesis_validators_root: root(0xbad) };
    const text = JSON.stringify({ data: [good], metadata });
    await expect(guard.importInterchange(streamOf(text))).rejects.toMatchObject({
      code: 'INTERCHANGE_WRONG_NETWORK',
    });
    expect(guard.listKeys()).toEqual([]);
  });

  it('has entries of one key merged, whatever their letter case and order', async () => {
    const entries = [
      keyEntry(KEY_A, [blockEntry(50, root(1))], [attEntry(2, 30, root(1))]),
      keyEntry(upperCase(KEY_A), [blockEntry(10)], [attEntry(9, 10)]),
      keyEntry(KEY_A, [], []),
    ];
    for (const order of [entries, [...entries].reverse()]) {
      const { guard, report } = await imported(documentOf(...order));
      expect(guard.statusOf(KEY_A)).toMatchObject({
        block: { slot: 50n, signingRoot: null },
        attestation: { source: 9n, target: 30n, signingRoot: null },
      });
      expect(report).toMatchObject({ keys: 1, blocks: 2, attestations: 2, raised: 1 });
    }
  });

  it('reports what no honest history contains, and still takes the maxima', async () => {
    const { guard, report } = await imported(
      documentOf(
        keyEntry(
          KEY_A,
          [blockEntry(5, root(1)), blockEntry(5, root(2))],
          [attEntry(7, 3), attEntry(1, 9, root(1)), attEntry(1, 9, root(2))],
        ),
      ),
    );
    expect(report.suspicious).toBe(3);
    expect(guard.statusOf(KEY_A)).toMatchObject({
      block: { slot: 5n },
      attestation: { source: 7n, target: 9n },
    });
  });

  it('is not called more suspicious for listing a key twice', async () => {
    const { report } = await imported(
      documentOf(
        keyEntry(KEY_A, [], [attEntry(2, 3)]),
        keyEntry(KEY_A, [], [attEntry(2, 3), attEntry(5, 1)]),
      ),
    );
    expect(report.suspicious).toBe(1);
  });

  it('may lie one epoch ahead of the clock, and any further only by force', async () => {
    const { guard } = await guardWithHistory();
    await guard.importInterchange(
      streamOf(documentOf(keyEntry(KEY_B, [blockEntry(8 * 102 - 1)], [attEntry(101, 101)]))),
    );
    expect(guard.statusOf(KEY_B)).toMatchObject({ block: { slot: 815n }, attestation: { target: 101n } });
    const future = documentOf(keyEntry(KEY_B, [blockEntry(9000)], [attEntry(0, 2n ** 63n - 1n)]));
    await guard.importInterchange(streamOf(future), { forceFuture: true });
    expect(guard.statusOf(KEY_B)).toMatchObject({
      block: { slot: 9000n },
      attestation: { target: 2n ** 63n - 1n },
    });
    const beyond = documentOf(keyEntry(KEY_B, [blockEntry(2n ** 63n)]));
    await expect(guard.importInterchange(streamOf(beyond), { forceFuture: true })).rejects.toMatchObject({
      code: 'INTERCHANGE_INVALID',
    });
  });

  it('changes nothing when it is the own export, or an older one, or the same again', async () => {
    const { guard } = await guardWithHistory();
    const older = exportOf(guard);
    await verdict(guard, KEY_A, att(2, 4));
    await guard.importInterchange(streamOf(documentOf(good)));
    const before = exportOf(guard);
    for (const text of [older, before, documentOf(good), before]) {
      const report = await guard.importInterchange(streamOf(text));
      expect(exportOf(guard)).toBe(before);
      expect(report.raised).toBe(0);
    }
    expect(await verdict(guard, KEY_A, att(2, 4))).toBe('released');
  });

  it('may come while the key is signing; then it only raises', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    await guard.admitKey(KEY_A, false);
    const signing = Array.from({ length: 50 }, (_, n) => verdict(guard, KEY_A, att(n, n + 1)));
    const text = documentOf(keyEntry(KEY_A, [], [attEntry(10, 20)]));
    await Promise.all([guard.importInterchange(streamOf(text)), ...signing]);
    expect(guard.statusOf(KEY_A).attestation).toMatchObject({ source: 49n, target: 50n });
    expect(await verdict(guard, KEY_A, att(48, 51))).toBe('SURROUND_VOTE');
  });

  it('tells how far it is', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    const seen: number[] = [];
    const text = documentOf(good);
    await guard.importInterchange(streamOf(text, 100), { onProgress: (bytes) => seen.push(bytes) });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.at(-1)).toBe(text.length);
  });
});
