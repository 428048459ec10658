import { describe, expect, it } from 'vitest';
import {
  att,
  block,
  GENESIS_VALIDATORS_ROOT,
  KEY_A,
  KEY_B,
  root,
} from '../../../support/slashing-fixtures.ts';
import { documentOf, keyEntry, streamOf, blockEntry, attEntry } from '../../../support/interchange-text.ts';
import { openAnyTestGuard } from '../../../support/any-storage.ts';
import { exportOf, tempDatabase, verdict } from '../../../support/temp-guard.ts';

describe('the export', () => {
  it('of an empty database is an empty document', async () => {
    expect(JSON.parse(exportOf(await openAnyTestGuard(tempDatabase())))).toEqual({
      metadata: { interchange_format_version: '5', genesis_validators_root: GENESIS_VALIDATORS_ROOT },
      data: [],
    });
  });

  it('has every key, decimal strings, known roots, and no field for unknown ones', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    await guard.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, block(2n ** 53n + 1n, 7));
    await verdict(guard, KEY_A, att(3, 4, 0));
    await guard.importInterchange(
      streamOf(documentOf(keyEntry(KEY_B, [], [attEntry(1, 9, root(1)), attEntry(5, 6)]))),
    );
    const keys = [
      {
        pubkey: KEY_A,
        signed_blocks: [{ slot: '9007199254740993', signing_root: root(7) }],
        signed_attestations: [{ source_epoch: '3', target_epoch: '4' }],
      },
      { pubkey: KEY_B, signed_blocks: [], signed_attestations: [{ source_epoch: '5', target_epoch: '9' }] },
    ];
    expect((JSON.parse(exportOf(guard)) as { data: unknown }).data).toEqual(
      keys.sort((a, b) => (a.pubkey < b.pubkey ? -1 : 1)),
    );
  });

  it('can be of some keys only', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    await guard.importInterchange(
      streamOf(documentOf(keyEntry(KEY_A, [blockEntry(1)]), keyEntry(KEY_B, [blockEntry(2)]))),
    );
    const { data } = JSON.parse([...guard.exportInterchange([KEY_B])].join('')) as {
      data: { pubkey: string }[];
    };
    expect(data.map(({ pubkey }) => pubkey)).toEqual([KEY_B]);
  });
});
