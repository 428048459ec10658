import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DerivationRoom, derivationRoom } from '../../../../signer/keystore/derivation-room.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { openSources } from '../../../../signer/sources/open-sources.ts';
import { cheapKeystore } from './cheap-keystore.ts';

const PLACE = 256 * 1024 * 1024;

/** Works that end when they are told to, in the order in which they were let in. */
function works(room: DerivationRoom) {
  const inside: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const enter = (name: string, bytes = PLACE): Promise<void> => {
    const gate = Promise.withResolvers<void>();
    gates.set(name, gate);
    return room.take(bytes, async () => {
      inside.push(name);
      await gate.promise;
      inside.splice(inside.indexOf(name), 1);
    });
  };
  return { inside, enter, gate: (name: string) => gates.get(name)! };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the room for derivations', () => {
  it('holds no more than there are places, whoever comes, in the order in which they came', async () => {
    const { inside, enter, gate } = works(new DerivationRoom(() => 2));
    const all = ['a', 'b', 'c', 'd'].map((name) => enter(name));
    await settled();
    expect(inside).toEqual(['a', 'b']);
    gate('b').resolve();
    await settled();
    expect(inside).toEqual(['a', 'c']);
    for (const name of ['a', 'c', 'd']) gate(name).resolve();
    await Promise.all(all);
  });

  it('gives the place of one that failed to the next', async () => {
    const room = new DerivationRoom(() => 1);
    const { inside, enter, gate } = works(room);
    const failing = room.take(PLACE, () => Promise.reject(new Error('out of memory')));
    const next = enter('next');
    await expect(failing).rejects.toThrow('out of memory');
    await settled();
    expect(inside).toEqual(['next']);
    gate('next').resolve();
    await next;
  });

  it('lets one in that is larger than all of it, alone, and lets no small one pass by', async () => {
    const { inside, enter, gate } = works(new DerivationRoom(() => 2));
    const all = [enter('small'), enter('large', 4 * PLACE), enter('late')];
    await settled();
    expect(inside).toEqual(['small']);
    gate('small').resolve();
    await settled();
    expect(inside).toEqual(['large']);
    gate('large').resolve();
    await settled();
    expect(inside).toEqual(['late']);
    gate('late').resolve();
    await Promise.all(all);
  });

  it('asks for the free memory anew once nothing of it is taken', async () => {
    let places = 1;
    const { inside, enter, gate } = works(new DerivationRoom(() => places));
    const one = enter('one');
    places = 2;
    const two = enter('two');
    const three = enter('three');
    await settled();
    expect(inside).toEqual(['one']);
    gate('one').resolve();
    await one;
    await settled();
    expect(inside).toEqual(['two', 'three']);
    gate('two').resolve();
    gate('three').resolve();
    await Promise.all([two, three]);
  });
});

it('sources open no keystore while the room is full', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-room-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['one', 'two']) {
    const { keystore } = await cheapKeystore('pw');
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'k.json'), JSON.stringify(keystore));
    writeFileSync(join(folder, name, 'k.txt'), 'pw');
  }
  writeFileSync(
    join(folder, 'sources.yaml'),
    'sources:\n  - {type: teku, path: one}\n  - {type: teku, path: two}\n',
  );
  const { inside, enter, gate } = works(derivationRoom);
  const full = enter('everything', availableParallelism() * PLACE);
  await settled();
  expect(inside).toEqual(['everything']);
  let adopted = 0;
  const { keeper } = await openSources(join(folder, 'sources.yaml'), {
    ...{ dataDir: folder, keyCache: false, log: createLogger('silent') },
    has: () => false,
    adopt: () => {
      adopted += 1;
      return Promise.resolve('active');
    },
  });
  const loading = keeper.load();
  await expect.poll(() => derivationRoom.waiting).toBe(2);
  expect(adopted).toBe(0);
  gate('everything').resolve();
  await Promise.all([full, loading]);
  expect(adopted).toBe(2);
  await keeper.stop();
});
