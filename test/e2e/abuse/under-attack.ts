import { expect } from 'vitest';
import type { DutyBodies } from '../../../cli/demo/attempts/duty-bodies.ts';
import type { SignerProcess } from '../support/vigil-process.ts';
import type { Attacker } from './attacker.ts';
import type { ATTACKS, AttackName } from './attacks/index.ts';
import { HonestClient, votes } from './honest-client.ts';
import { Vitals } from './vitals.ts';

export interface Scene {
  readonly signer: SignerProcess;
  readonly attacker: Attacker;
  readonly bodies: DutyBodies;
  /** Two of honest clients and one that the attacker knows of. */
  readonly pubkeys: readonly string[];
}

type FindingsOf<Name extends AttackName> = Awaited<ReturnType<(typeof ATTACKS)[Name]>>;

/** Generous, because attacker, signer and honest clients share two cores; a starved client waits much longer. */
const SLOWEST_ANSWER_MS = 3000;

/** A signer with three keys has about 180 MB; the garbage of an attack may wait for its collection. */
const MOST_MEGABYTES = 640;

/** What the honest clients ask for next; each test goes on where the one before it stopped. */
let nextTarget = 10n;
const TARGETS_OF_A_TEST = 20_000n;

/**
 * Has two honest clients sign, one over a connection of long standing and one over a new connection each time, while
 * the attack goes on and a moment before and after; nothing of it may fail, and the signer must be as lean as before.
 */
export async function underAttack<const Name extends AttackName>(
  { signer, attacker, bodies, pubkeys }: Scene,
  attack: Name,
  options: Readonly<Record<string, number>>,
): Promise<FindingsOf<Name>> {
  const [kept = '', fresh = '', victim = ''] = pubkeys;
  const vitals = new Vitals(signer.pid);
  const filesBefore = vitals.openFiles;
  vitals.forgetPeak();
  const clients = [
    new HonestClient(`${signer.url}/api/v1/eth2/sign/${kept}`, votes(bodies, nextTarget), true),
    new HonestClient(`${signer.url}/api/v1/eth2/sign/${fresh}`, votes(bodies, nextTarget), false),
  ];
  nextTarget += TARGETS_OF_A_TEST;
  await Promise.all(clients.map((client) => client.signed(3)));
  const target = { host: '127.0.0.1', port: Number(new URL(signer.url).port), pubkey: victim };
  const findings = await attacker.attack(attack, target, options);
  await Promise.all(clients.map((client) => client.signed(3)));
  for (const client of clients) {
    const answers = await client.stop();
    expect(answers.filter(({ outcome }) => outcome !== 200).slice(0, 5)).toEqual([]);
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(SLOWEST_ANSWER_MS);
  }
  expect(vitals.peakMegabytes).toBeLessThan(MOST_MEGABYTES);
  // The sockets of the attack and of the honest clients are gone, whatever the attacker left behind.
  await expect.poll(() => vitals.openFiles, { timeout: 5000 }).toBeLessThanOrEqual(filesBefore);
  return findings;
}
