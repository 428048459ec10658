import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import type { SlotClock } from '../../../core/chain/slot-clock.ts';
import { DutyBodies } from './duty-bodies.ts';

export interface Step {
  readonly pubkey: string;
  /** In words, for the table. */
  readonly asked: string;
  readonly body: unknown;
  /** `200 signed`, or status and code of the refusal. */
  readonly expected: string;
  /** Why it is signed; a refusal gives its own reason. */
  readonly note: string;
}

const SIGNED = '200 signed';
const LATE = 1;

/** Three epochs of honest duties of all validators up to now, then what must not be signed. */
export function demoScript(spec: ChainSpec, clock: SlotClock, pubkeys: readonly string[]): Step[] {
  return [...honestDuties(spec, clock, pubkeys), ...attempts(spec, clock, pubkeys)];
}

function honestDuties(spec: ChainSpec, clock: SlotClock, pubkeys: readonly string[]): Step[] {
  const bodies = new DutyBodies(spec);
  const now = clock.currentEpoch();
  const steps: Step[] = [];
  for (const target of [now - 2n, now - 1n, now]) {
    for (const [validator, pubkey] of pubkeys.entries()) {
      // One validator is late in the current epoch, so that a vote around its last one can be tried.
      if (target === now && validator === LATE) continue;
      const who = `validator ${validator}`;
      const vote = `${(target - 1n).toString()} -> ${target.toString()}`;
      steps.push(signed(pubkey, `${who}: attestation ${vote}`, bodies.attestation(target - 1n, target)));
    }
    const proposer = Number(target % BigInt(pubkeys.length));
    const pubkey = pubkeys[proposer] ?? '';
    const slot = target * spec.slotsPerEpoch;
    steps.push(
      signed(
        pubkey,
        `validator ${proposer}: RANDAO reveal of epoch ${target.toString()}`,
        bodies.randaoReveal(target),
      ),
      signed(pubkey, `validator ${proposer}: block at slot ${slot.toString()}`, bodies.block(slot)),
      signed(pubkey, `validator ${proposer}: sync committee message`, bodies.syncCommitteeMessage(slot)),
    );
  }
  return steps;
}

function attempts(spec: ChainSpec, clock: SlotClock, pubkeys: readonly string[]): Step[] {
  const bodies = new DutyBodies(spec);
  const elsewhere = new DutyBodies({
    ...spec,
    genesisValidatorsRoot: `0x${'11'.repeat(32)}` as typeof spec.genesisValidatorsRoot,
  });
  const now = clock.currentEpoch();
  const proposer = Number(now % BigInt(pubkeys.length));
  const slot = now * spec.slotsPerEpoch;
  const at = (index: number): string => pubkeys[index % pubkeys.length] ?? '';
  return [
    {
      ...signed(at(0), 'validator 0: the last attestation again', bodies.attestation(now - 1n, now)),
      note: 'the very same message',
    },
    refused(
      at(0),
      'validator 0: DOUBLE VOTE, another head',
      bodies.attestation(now - 1n, now, 'forked'),
      '412 DOUBLE_VOTE',
    ),
    refused(
      at(LATE),
      'validator 1: SURROUND VOTE around its last one',
      bodies.attestation(now - 3n, now),
      '412 SURROUND_VOTE',
    ),
    signed(at(LATE), 'validator 1: the honest vote instead', bodies.attestation(now - 1n, now)),
    refused(
      at(2),
      'validator 2: VOTE that may be SURROUNDED',
      bodies.attestation(now - 2n, now - 1n, 'old'),
      '412 TARGET_NOT_ABOVE_WATERMARK',
    ),
    refused(
      at(proposer),
      `validator ${proposer}: DOUBLE PROPOSAL`,
      bodies.block(slot, 'second'),
      '412 DOUBLE_PROPOSAL',
    ),
    refused(
      at(3),
      'validator 3: WRONG NETWORK',
      elsewhere.attestation(now - 1n, now),
      '400 GENESIS_VALIDATORS_ROOT_MISMATCH',
    ),
    refused(
      at(3),
      'validator 3: vote from the FUTURE',
      bodies.attestation(now, now + 9n),
      '400 IN_THE_FUTURE',
    ),
  ];
}

const signed = (pubkey: string, asked: string, body: unknown): Step => ({
  pubkey,
  asked,
  body,
  expected: SIGNED,
  note: 'safe and recorded',
});

const refused = (pubkey: string, asked: string, body: unknown, expected: string): Step => ({
  pubkey,
  asked,
  body,
  expected,
  note: '',
});
