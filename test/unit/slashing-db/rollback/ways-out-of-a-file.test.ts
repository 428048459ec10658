import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { acceptRollback, importInterchangeFile } from '../../../../slashing-db/index.ts';
import { DisasterWorld, NEXT_BOOT, OTHER_MACHINE } from '../../../support/disaster-world.ts';
import { attEntry, blockEntry, documentOf, keyEntry, streamOf } from '../../../support/interchange-text.ts';
import { att, KEY_A } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

const ACT = { by: 'tester', reason: 'a test' };

const used = (): Promise<DisasterWorld> => DisasterWorld.used(10);

it('a copy from another machine can be accepted', async () => {
  const world = await used();
  expect(() => world.open({ host: OTHER_MACHINE })).toThrow();
  const { found } = await acceptRollback(world.options({ host: OTHER_MACHINE }), ACT);
  expect(found).toContain('another machine');
  expect(world.open({ host: OTHER_MACHINE }).protection.floor).not.toBeNull();
});

it('an import takes the boot floor where the anchor may be behind: the machine went down with it', async () => {
  const world = await used();
  const guard = world.open();
  world.time.moveTo(88);
  await verdict(guard, KEY_A, att(10, 11));
  const left = world.killed();
  await guard.close();
  rmSync(left.path);
  left.time.moveTo(88);
  const newest = streamOf(documentOf(keyEntry(KEY_A, [blockEntry(89)], [attEntry(10, 11)])));
  const { accepted } = await importInterchangeFile(left.options({ host: NEXT_BOOT }), newest, {
    by: 'tester',
  });
  expect(accepted?.floor).toEqual({ slot: 89n, source: 10n, target: 11n });
});
