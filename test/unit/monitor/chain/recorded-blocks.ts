/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return --
   recorded answers are read as they lie there, as the second opinion */
import { describe, expect, it } from 'vitest';
import { block, committees, syncCommittee, type Call } from '../../../../beacon/index.ts';
import { epoch, slot } from '../../../../core/units.ts';
import { EpochSeats, judgeVotes } from '../../../../monitor/attestations/index.ts';
import { blockFacts, CanonicalView } from '../../../../monitor/chain/index.ts';
import { judgeProposals } from '../../../../monitor/proposals/index.ts';
import { syncSeats, tallySync } from '../../../../monitor/sync-committees/index.ts';
import { recordingOf, type RecordedChain } from '../../../support/beacon-recorded.ts';
import { clientOf } from '../../../support/beacon-server.ts';

const NAMES = ['block_v2_head', 'block_v2_slot', 'block_v2_finalized', 'block_v2_genesis'] as const;

/** Bits of the hex of a bit list, without the last set one, which marks its length. */
function bitList(hex: string): number[] {
  const bits = bitVector(hex);
  return bits.slice(0, bits.lastIndexOf(1));
}
const bitVector = (hex: string): number[] =>
  [...Buffer.from(hex.slice(2), 'hex')].flatMap((byte) =>
    Array.from({ length: 8 }, (_, at) => (byte >> at) & 1),
  );
const setBits = (bits: readonly number[]): number[] => bits.flatMap((bit, at) => (bit === 1 ? at : []));

export function recordedBlocks(chain: RecordedChain): void {
  const recorded = recordingOf(chain);
  const spec = recorded.spec();
  const ask = async <T>(name: string, call: Call<T>): Promise<T> =>
    (await clientOf(await recorded.serve(name)).ask(call)).data;
  const factsOf = async (name: string) => {
    const at = slot(BigInt(recorded.json(name).data.message.slot));
    return blockFacts(await ask(name, block(at, spec)));
  };

  describe(`the recorded blocks of ${chain}`, () => {
    it.each(NAMES)('%s says in facts what it says on the wire', async (name) => {
      const facts = await factsOf(name);
      const { message, signature } = recorded.json(name).data;
      const { body } = message;
      const payload = body.execution_payload;
      expect(facts).toMatchObject({
        ...{
          slot: BigInt(message.slot),
          proposerIndex: Number(message.proposer_index),
          graffiti: body.graffiti,
        },
        ...{ parentRoot: message.parent_root, stateRoot: message.state_root, signature },
        // The genesis block, which nobody made, has a payload of zeros.
        execution:
          message.slot === '0'
            ? null
            : {
                ...{ blockNumber: BigInt(payload.block_number), blockHash: payload.block_hash },
                ...{
                  feeRecipient: payload.fee_recipient.toLowerCase(),
                  transactions: payload.transactions.length,
                },
                lastTransaction: payload.transactions.at(-1) ?? null,
              },
        ...{ slashings: [], exits: [], credentialChanges: [], deposits: [], withdrawals: [] },
      });
      expect([...facts.syncBits!]).toEqual(bitVector(body.sync_aggregate.sync_committee_bits));
      expect(
        facts.attestations.map(({ data, ...rest }) => ({ ...rest, bits: [...rest.bits], data })),
      ).toEqual(
        body.attestations.map(({ data, aggregation_bits, committee_bits }: any) => ({
          committees:
            committee_bits === undefined ? [Number(data.index)] : setBits(bitVector(committee_bits)),
          bits: bitList(aggregation_bits),
          data: {
            ...{
              slot: BigInt(data.slot),
              index: BigInt(data.index),
              beaconBlockRoot: data.beacon_block_root,
            },
            source: { epoch: BigInt(data.source.epoch), root: data.source.root },
            target: { epoch: BigInt(data.target.epoch), root: data.target.root },
          },
        })),
      );
    });

    it('the head is read with the recorded committees: who voted, for what, and how well', async () => {
      const head = await factsOf('block_v2_head');
      const at = epoch(recorded.currentEpoch);
      const all = await ask('committees', committees('head', { epoch: at }, spec));
      const seats = new EpochSeats(at, Array(64).keys(), spec);
      for (const one of seats.missingSlots())
        seats.addSlot(
          one,
          all.filter((each) => each.slot === one),
        );
      const voted = head.attestations[0]!.data.slot;
      // The block before it was not recorded, so that one is made up: of it, only the root is known.
      const before = { ...head, slot: voted, root: head.parentRoot, attestations: [] };
      const start = slot(recorded.currentEpoch * spec.slotsPerEpoch);
      const boundary = { ...before, slot: start, root: head.attestations[0]!.data.target.root };
      const view = new CanonicalView({
        ...{ from: start, to: head.slot },
        blocks: [boundary, { ...before, parentRoot: boundary.root }, head],
      });
      const { verdicts, undecodable } = judgeVotes(seats, view, spec);
      expect(undecodable).toEqual([]);
      const members = recorded
        .json('committees')
        .data.filter((each: any) => BigInt(each.slot) === voted)
        .flatMap((each: any) => each.validators.map(Number));
      const included = verdicts.filter(({ inclusion }) => inclusion !== null);
      expect(included.map(({ validatorIndex }) => validatorIndex)).toEqual(members);
      expect(new Set(included.map(({ result }) => result))).toEqual(new Set(['perfect']));
      expect(verdicts.length).toBe(seats.members);
    });

    it('the head is counted for its sync committee', async () => {
      const head = await factsOf('block_v2_head');
      const at = epoch(recorded.currentEpoch);
      const members = await ask('sync_committees', syncCommittee('head', at));
      const start = slot(recorded.currentEpoch * spec.slotsPerEpoch);
      const view = new CanonicalView({ from: start, to: head.slot, blocks: [head] });
      const watched = new Set(members);
      const tallies = tallySync(at, syncSeats(0n, members, watched), view, spec);
      const hits = bitVector(
        recorded.json('block_v2_head').data.message.body.sync_aggregate.sync_committee_bits,
      );
      expect(tallies.reduce((sum, { due }) => sum + due, 0)).toBe(members.length);
      for (const { validatorIndex, hit, committeeHit } of tallies) {
        expect(hit).toBe(setBits(hits).filter((position) => members[position] === validatorIndex).length);
        expect(committeeHit).toBe(setBits(hits).length);
      }
    });

    it('are the proposals that the recorded duties say', async () => {
      const facts = await factsOf('block_v2_slot');
      const duties = recorded.json('duties_proposer').data.map((duty: any) => ({
        ...{ validatorIndex: Number(duty.validator_index), slot: slot(BigInt(duty.slot)) },
      }));
      const { verdicts, contradicted } = judgeProposals({
        range: { first: facts.slot, last: facts.slot },
        ...{ duties, watched: new Set(Array(64).keys()), now: slot(recorded.headSlot) },
        view: new CanonicalView({ from: facts.slot, to: facts.slot, blocks: [facts] }),
        facts: { seen: new Map(), orphans: new Map(), rewardsGwei: new Map([[facts.root, 5n]]) },
      });
      expect(contradicted).toEqual([]);
      const { message } = recorded.json('block_v2_slot').data;
      expect(verdicts).toEqual([
        {
          ...{ validatorIndex: Number(message.proposer_index), slot: facts.slot, result: 'included' },
          ...{ blockRoot: facts.root, graffiti: message.body.graffiti, rewardGwei: 5n },
          feeRecipient: message.body.execution_payload.fee_recipient.toLowerCase(),
        },
      ]);
    });
  });
}
