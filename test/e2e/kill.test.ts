import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { readDatabaseStatus } from '../../slashing-db/index.ts';
import { newKeys } from './support/new-keys.ts';
import { SignerProcess } from './support/vigil-process.ts';
import { testNetwork } from './support/test-network.ts';

/** `npm test` runs a few rounds; KILL_ROUNDS=500 runs many. */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? '6');
const KEYS = 6;

interface Released {
  readonly pubkey: string;
  readonly kind: 'block' | 'attestation';
  readonly source: bigint;
  /** Target epoch, or slot of a block. */
  readonly target: bigint;
  readonly signature: string;
}

let running: SignerProcess | null = null;
afterEach(async () => running?.kill());

test('a signer killed at random moments never let out a signature that its database does not cover', async () => {
  const { spec, folder, flags } = testNetwork();
  const dataDir = join(folder, 'data');
  const pubkeys = await newKeys(dataDir, flags, KEYS);
  const bodies = new DutyBodies(spec);
  const released: Released[] = [];
  let nextTarget = 10n;
  let cutShort = 0;

  for (let round = 0; round < ROUNDS; round += 1) {
    const signer = await SignerProcess.start(dataDir, [
      ...flags,
      '--on-missing-history',
      'trust',
      '--log-level',
      'info',
    ]);
    running = signer;
    let alive = true;
    /** Two validator clients at once, who disagree on every head and every block. */
    const client = async (head: string): Promise<void> => {
      for (let step = 0n; alive; step += 1n) {
        const target = nextTarget + step;
        await Promise.all(
          pubkeys.flatMap((pubkey) => [
            attempt(
              signer,
              released,
              { pubkey, kind: 'attestation', source: target - 1n, target },
              bodies.attestation(target - 1n, target, head),
            ),
            attempt(
              signer,
              released,
              { pubkey, kind: 'block', source: 0n, target: target * 8n },
              bodies.block(target * 8n, head),
            ),
          ]),
        ).catch(() => {
          if (alive) throw new Error('the signer was not killed yet, but does not answer');
          cutShort += 1;
        });
      }
    };
    const clients = [client('canonical'), client('forked')];
    await delay(150 + Math.random() * 500);
    alive = false;
    await signer.kill();
    await Promise.all(clients);
    assertCovered(dataDir, released);
    nextTarget += 500n;
  }

  assertNoSlashablePair(released);
  expect(released.length).toBeGreaterThan(ROUNDS * KEYS);
  // The kill has to hit requests under way, or the test says nothing.
  expect(cutShort).toBeGreaterThan(0);
  rmSync(folder, { recursive: true, force: true });
});

async function attempt(
  signer: SignerProcess,
  released: Released[],
  asked: Omit<Released, 'signature'>,
  body: unknown,
): Promise<void> {
  const answer = await signer.sign(asked.pubkey, body);
  if (answer.status === 200) released.push({ ...asked, signature: answer.body['signature'] ?? '' });
  else expect(answer.status).toBe(412);
}

function assertCovered(dataDir: string, released: readonly Released[]): void {
  const stored = new Map<string, ReturnType<typeof readDatabaseStatus>['keys'][number]>();
  for (const key of readDatabaseStatus(databasePath(dataDir)).keys) stored.set(key.pubkey, key);
  for (const { pubkey, kind, source, target } of released) {
    const watermarks = stored.get(pubkey);
    if (kind === 'block') expect(watermarks?.block?.slot).toBeGreaterThanOrEqual(target);
    else {
      expect(watermarks?.attestation?.target).toBeGreaterThanOrEqual(target);
      expect(watermarks?.attestation?.source).toBeGreaterThanOrEqual(source);
    }
  }
}

/** Straight from the spec: no two different signatures for one slot or target, no surround. */
function assertNoSlashablePair(released: readonly Released[]): void {
  const byDuty = new Map<string, string>();
  for (const { pubkey, kind, target, signature } of released) {
    const duty = `${pubkey} ${kind} ${target}`;
    expect(byDuty.get(duty) ?? signature).toBe(signature);
    byDuty.set(duty, signature);
  }
  for (const pubkey of new Set(released.map((one) => one.pubkey))) {
    const votes = released.filter((one) => one.pubkey === pubkey && one.kind === 'attestation');
    for (const one of votes) {
      expect(votes.some((other) => one.source < other.source && other.target < one.target)).toBe(false);
    }
  }
}
