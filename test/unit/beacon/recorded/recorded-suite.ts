/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return --
   recorded answers are read as they lie there: what their shape is, is what is under test */
import { describe, expect, it } from 'vitest';
import {
  attestationRewards,
  attesterDuties,
  block,
  blockRewards,
  blockRoot,
  committees,
  configSpec,
  finalityCheckpoints,
  genesis,
  header,
  headersAt,
  liveness,
  nodeHealth,
  nodeVersion,
  proposerDuties,
  syncCommittee,
  syncDuties,
  syncing,
  syncRewards,
  validatorBalances,
  validators,
  type Call,
} from '../../../../beacon/index.ts';
import { epoch, parsePubkey, slot } from '../../../../core/units.ts';
import { recordingOf, type RecordedChain, type Recording } from '../../../support/beacon-recorded.ts';
import { clientOf, failureOf, startBeaconServer } from '../../../support/beacon-server.ts';

/** Answers to questions that Vigil does not ask. */
const NOT_ASKED =
  /^(node_peers|node_peer_count|node_identity|config_fork_schedule|config_deposit_contract|blinded_block_head|block_attestations_v[12]|blob_sidecars_head|state_root_head|state_fork_head|validator_one.*|validator_identities_post|randao|attestation_data|pool_.*|debug_.*)$/;

const WATCHED = [0n, 3n, 8n, 9n, 15n];

/** The question that a recorded answer belongs to, as this client asks it. */
function callFor(name: string, recorded: Recording): Call<unknown> | null {
  const spec = recorded.spec();
  const { request } = recorded.answer(name);
  const number = BigInt(/[/=](\d+)(?:\/validators.*)?$/.exec(request.replace(/\?id=.*/, ''))?.[1] ?? '0');
  const at = epoch(number);
  const everybody = (): bigint[] =>
    (recorded.json(name).data as { index: string }[]).map(({ index }) => BigInt(index));
  const calls: Record<string, () => Call<unknown>> = {
    node_health: nodeHealth,
    node_version: nodeVersion,
    node_syncing: syncing,
    config_spec: configSpec,
    genesis,
    headers_head: () => header('head'),
    headers_slot: () => headersAt(slot(number)),
    headers_list: () => headersAt(slot(recorded.headSlot)),
    headers_missing_slot: () => header(slot(number)),
    block_v2_head: () => block('head', spec),
    block_v2_slot: () => block(slot(number), spec),
    block_v2_finalized: () => block('finalized', spec),
    block_v2_genesis: () => block('genesis', spec),
    block_v2_ssz: () => block('head', spec),
    block_root_head: () => blockRoot('head'),
    finality_checkpoints: () => finalityCheckpoints('head'),
    validators_head: () => validators('head', everybody()),
    validators_status: () => validators('head', everybody()),
    validators_ids: () => validators('head', WATCHED),
    validators_ids_pubkey: () =>
      validators('head', [parsePubkey(/id=(0x[0-9a-f]{96})/.exec(request)?.[1], 'id'), 9n]),
    validators_post: () => validators('head', WATCHED),
    validators_unknown: () => validators('head', [9999n]),
    validators_finalized_slot: () => validators(slot(number), [8n]),
    validators_justified: () => validators('justified', [8n]),
    validators_old_slot: () => validators(slot(number), [8n]),
    bad_state_id: () => validators('head', [8n]),
    validator_balances: () => validatorBalances('head', [8n, 9n]),
    validator_balances_post: () => validatorBalances('head', WATCHED),
    committees: () => committees('head', { epoch: at }, spec),
    sync_committees: () => syncCommittee('head', epoch(recorded.currentEpoch)),
    bad_epoch_duties: () => proposerDuties(at, spec),
  };
  const families: [string, () => Call<unknown>][] = [
    ['duties_proposer', () => proposerDuties(at, spec)],
    ['duties_attester', () => attesterDuties(at, WATCHED, spec)],
    ['duties_sync', () => syncDuties(at, WATCHED)],
    ['liveness', () => liveness(at, WATCHED)],
    ['rewards_attestations_all', () => attestationRewards(at, allRewarded(recorded))],
    ['rewards_attestations', () => attestationRewards(at, WATCHED)],
    ['rewards_blocks', () => blockRewards('head')],
    ['rewards_sync_committee', () => syncRewards('head', WATCHED)],
  ];
  return (calls[name] ?? families.find(([start]) => name.startsWith(start))?.[1])?.() ?? null;
}

const allRewarded = (recorded: Recording): bigint[] =>
  (recorded.json('rewards_attestations_all').data.total_rewards as { validator_index: string }[]).map(
    ({ validator_index }) => BigInt(validator_index),
  );

const CODES: Record<number, string> = {
  400: 'BEACON_REFUSED',
  404: 'BEACON_NOT_FOUND',
  500: 'BEACON_UNREACHABLE',
};

/** What every recorded chain has to pass. */
export function recordedSuite(chain: RecordedChain): void {
  const recorded = recordingOf(chain);
  const asked = recorded.names.filter((name) => !NOT_ASKED.test(name));

  describe(`the recorded answers of ${chain}`, () => {
    it('have a question each', () => {
      expect(asked.filter((name) => callFor(name, recorded) === null)).toEqual([]);
      expect(asked.length).toBeGreaterThan(45);
    });

    it.each(asked)('%s', async (name) => {
      const server = await recorded.serve(name);
      const { status, request } = recorded.answer(name);
      const call = callFor(name, recorded)!;
      const client = clientOf(server);
      if (status !== 200) {
        const { code, message } = await failureOf(client.ask(call));
        expect(code).toBe(CODES[status]);
        // The words of the node, so that a person knows what it lacks.
        expect(message).toContain(`status ${status}: ${recorded.json(name).message.slice(0, 40)}`);
      } else if (name.startsWith('rewards_sync_committee') && answersBalances(recorded, name)) {
        const { code, message } = await failureOf(client.ask(call));
        expect(code).toBe('BEACON_BAD_ANSWER');
        expect(message).toContain('data[0].reward: is no reward but a balance');
      } else {
        const answer = await client.ask(call);
        expect(answer.executionOptimistic).toBe(false);
        expect(answer.data).toBeDefined();
      }
      const [method = '', path = ''] = request.split(/[ ?]/);
      const seen = server.requests[0]!;
      if (seen.method === method && !/validators|bad_|rewards_(blocks|sync)/.test(name)) {
        expect(seen.url.split('?')[0]).toBe(name === 'headers_list' ? '/eth/v1/beacon/headers' : path);
      }
    });

    const ask = async <T>(name: string, call: Call<T>): Promise<T> =>
      (await clientOf(await recorded.serve(name)).ask(call)).data;

    it('give the same block by JSON and by SSZ', async () => {
      const spec = recorded.spec();
      const fromJson = await ask('block_v2_head', block('head', spec));
      const { version, data } = recorded.json('block_v2_head');
      const { ssz } = await import('@lodestar/types');
      const type = ssz[version as 'electra'].SignedBeaconBlock;
      const server = await startBeaconServer(({ headers }, response) => {
        expect(headers.accept).toMatch(/^application\/octet-stream/);
        response.writeHead(200, {
          'content-type': 'application/octet-stream',
          'eth-consensus-version': version,
        });
        response.end(type.serialize(type.fromJson(data)));
      });
      const { data: fromSsz } = await clientOf(server).ask(block('head', spec));
      expect(fromSsz).toEqual(fromJson);
      expect(fromSsz).toMatchObject({ fork: version, slot: BigInt(data.message.slot) });
      expect(fromSsz.signedBlock.message.body.attestations).toHaveLength(
        data.message.body.attestations.length,
      );
    });

    it('give a block that SSZ writes as the node wrote it', async () => {
      const { fork, slot: at, signedBlock } = await ask('block_v2_ssz', block('head', recorded.spec()));
      const { ssz } = await import('@lodestar/types');
      const type = ssz[fork as 'electra'].SignedBeaconBlock;
      expect(Buffer.from(type.serialize(signedBlock as never))).toEqual(recorded.bytes('block_v2_ssz'));
      expect(at).toBeGreaterThanOrEqual(recorded.headSlot);
    });

    it('give the header that goes with the block', async () => {
      const { message } = recorded.json('block_v2_head').data;
      expect(await ask('headers_head', header('head'))).toMatchObject({
        slot: BigInt(message.slot),
        canonical: true,
        proposerIndex: BigInt(message.proposer_index),
        parentRoot: message.parent_root,
        stateRoot: message.state_root,
      });
    });

    it('give validators with what the node said of them', async () => {
      const raw = recorded.json('validators_ids').data as any[];
      const read = await ask('validators_ids', validators('head', WATCHED));
      expect(
        read.map(({ index, balanceGwei, pubkey }) => [index.toString(), balanceGwei.toString(), pubkey]),
      ).toEqual(raw.map((each) => [each.index, each.balance, each.validator.pubkey]));
      expect(read.every(({ exitEpoch }) => exitEpoch === 2n ** 64n - 1n)).toBe(true);
    });

    it('give every active validator one committee in the epoch', async () => {
      const read = await ask('committees', callFor('committees', recorded) as ReturnType<typeof committees>);
      const members = read.flatMap((committee) => [...committee.validators]).sort((a, b) => a - b);
      expect(members).toEqual((recorded.json('validators_head').data as unknown[]).map((_, index) => index));
    });

    it('give attestation rewards: whole where they were whole, and marked where they were not', async () => {
      const call = callFor('rewards_attestations', recorded) as ReturnType<typeof attestationRewards>;
      const { ideal, total } = await ask('rewards_attestations', call);
      const raw = recorded.json('rewards_attestations').data;
      expect(total.map((each) => each.headGwei)).toEqual(
        raw.total_rewards.map((each: any) => BigInt(Math.trunc(each.head))),
      );
      for (const { effective_balance, head, target, source } of raw.ideal_rewards) {
        const read = ideal.get(BigInt(effective_balance))!;
        expect(read.headGwei).toBe(BigInt(Math.trunc(head)));
        expect(read.exact).toBe([head, target, source].every((text) => !text.includes('.')));
      }
      expect([...ideal.values()].some(({ exact }) => !exact)).toBe(true);
    });
  });
}

/** Of 32 ETH a head, where a sync reward is a few thousand Gwei. */
const answersBalances = (recorded: Recording, name: string): boolean =>
  (recorded.json(name).data as { reward: string }[]).some(({ reward }) => Number(reward) > 10 ** 9);
