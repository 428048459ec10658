import { activePreset } from '@lodestar/params';
import type { ConfigValues } from '../../../core/chain/config-values.ts';
import { toHex } from '../../../core/hex.ts';
import type { Chain, ChainBlock } from './chain.ts';
import { addressOf } from './make-block.ts';
import { luckOf } from './members.ts';
import { STAKE_GWEI } from './pay.ts';

const NEVER = '18446744073709551615';

export interface Asked {
  /** What stands in the path for its names. */
  readonly at: readonly string[];
  readonly query: URLSearchParams;
  /** Validators that are asked about. */
  readonly ids: readonly string[];
}

/** A document, a text that is one already, or a block; null where there is none. */
export type Answered = object | string | ChainBlock | null;

export const isBlock = (answer: object): answer is ChainBlock => 'bytes' in answer;

type Route = readonly [path: RegExp, answer: (asked: Asked) => Answered];

/** What a beacon node answers of the chain, each thing worked out when it is asked for. */
export function routesOf(chain: Chain, values: ConfigValues): readonly Route[] {
  const { spec, members } = chain;
  const blockOf = (id = ''): ChainBlock | null => {
    if (id === 'head') return chain.head;
    return id.startsWith('0x') ? chain.byRoot(id) : chain.at(Number(id));
  };
  const balancesOf = (id = '') =>
    id === 'head' ? chain.balances.now : chain.balances.after(blockOf(id)?.slot ?? Number(id));
  const headerOf = (block: ChainBlock | null) => (block === null ? null : { data: headerJson(block) });
  const ideal = chain.pay.ideal();
  const presetValues = Object.fromEntries(
    Object.entries(activePreset).map(([name, value]) => [name, value.toString()]),
  );
  return [
    [
      /^\/eth\/v1\/beacon\/genesis$/,
      () => ({
        data: {
          genesis_time: spec.genesisTimeSeconds.toString(),
          genesis_validators_root: spec.genesisValidatorsRoot,
          genesis_fork_version: values['GENESIS_FORK_VERSION'],
        },
      }),
    ],
    [/^\/eth\/v1\/config\/spec$/, () => ({ data: { ...presetValues, ...values } })],
    [
      /^\/eth\/v1\/node\/syncing$/,
      () => ({
        data: {
          ...{ head_slot: chain.head.slot.toString(), sync_distance: '0' },
          ...{ is_syncing: false, is_optimistic: false, el_offline: false },
        },
      }),
    ],
    [/^\/eth\/v1\/beacon\/headers\/(\w+)$/, ({ at: [id] }) => headerOf(blockOf(id))],
    [
      /^\/eth\/v1\/beacon\/headers$/,
      ({ query }) => ({
        data: [blockOf(query.get('slot') ?? '')].flatMap((each) => headerOf(each)?.data ?? []),
      }),
    ],
    [/^\/eth\/v2\/beacon\/blocks\/(\w+)$/, ({ at: [id] }) => blockOf(id)],
    [
      /^\/eth\/v1\/beacon\/states\/\w+\/finality_checkpoints$/,
      () => ({
        data: {
          previous_justified: checkpointJson(chain, 2),
          current_justified: checkpointJson(chain, 1),
          finalized: checkpointJson(chain, 2),
        },
      }),
    ],
    [
      /^\/eth\/v1\/beacon\/states\/\w+\/committees$/,
      ({ query }) => committeesText(chain, Number(query.get('slot'))),
    ],
    [
      /^\/eth\/v1\/beacon\/states\/\w+\/sync_committees$/,
      () => ({ data: { validators: chain.syncCommittee.map(String), validator_aggregates: [] } }),
    ],
    [
      /^\/eth\/v1\/beacon\/states\/(\w+)\/validators$/,
      ({ at: [id], ids }) => {
        const balances = balancesOf(id);
        if (balances === null) return null;
        return { data: ids.map((each) => validatorJson(Number(each), balances[Number(each)] ?? 0)) };
      },
    ],
    [
      /^\/eth\/v1\/beacon\/states\/(\w+)\/validator_balances$/,
      ({ at: [id], ids }) => {
        const balances = balancesOf(id);
        if (balances === null) return null;
        return { data: ids.map((index) => ({ index, balance: (balances[Number(index)] ?? 0).toString() })) };
      },
    ],
    [/^\/eth\/v1\/beacon\/states\/\w+\/pending_\w+$/, () => ({ data: [] })],
    [
      /^\/eth\/v1\/validator\/duties\/proposer\/(\d+)$/,
      ({ at: [epoch] }) => ({
        dependent_root: chain.head.rootHex,
        data: Array.from({ length: chain.slotsPerEpoch }, (_, offset) => {
          const slot = Number(epoch) * chain.slotsPerEpoch + offset;
          const validator = members.proposer(slot);
          return { pubkey: pubkeyOf(validator), validator_index: `${validator}`, slot: `${slot}` };
        }),
      }),
    ],
    [
      /^\/eth\/v1\/beacon\/rewards\/attestations\/(\d+)$/,
      ({ at: [epoch], ids }) => ({
        data: {
          ideal_rewards: ideal,
          total_rewards: ids.map((index) => {
            const { head, target, source } = chain.pay.ofVote(luckOf(Number(index), Number(epoch)));
            return {
              ...{ validator_index: index, head: `${head}`, target: `${target}`, source: `${source}` },
              ...{ inclusion_delay: '0', inactivity: '0' },
            };
          }),
        },
      }),
    ],
    [
      /^\/eth\/v1\/beacon\/rewards\/blocks\/(\w+)$/,
      ({ at: [id] }) => {
        const block = blockOf(id);
        if (block === null) return null;
        const { votesGwei, syncGwei } = block.pay;
        return {
          data: {
            ...{ proposer_index: `${block.proposer}`, total: `${votesGwei + syncGwei}` },
            ...{ attestations: `${votesGwei}`, sync_aggregate: `${syncGwei}` },
            ...{ proposer_slashings: '0', attester_slashings: '0' },
          },
        };
      },
    ],
    [
      /^\/eth\/v1\/beacon\/rewards\/sync_committee\/(\w+)$/,
      ({ at: [id], ids }) => {
        const block = blockOf(id);
        if (block === null) return null;
        return {
          data: ids.map((index) => {
            const hit = block.syncBits[chain.syncCommittee.indexOf(Number(index))] === true;
            return { validator_index: index, reward: `${hit ? chain.pay.syncGwei : -chain.pay.syncGwei}` };
          }),
        };
      },
    ],
  ];
}

function checkpointJson(chain: Chain, back: number) {
  const { epoch, root } = chain.checkpoint(back);
  return { epoch: epoch.toString(), root };
}

/** As text at once: it is the longest answer by far, and made for every slot. */
function committeesText({ members }: Chain, slot: number): string {
  const committees = Array.from({ length: members.committeesPerSlot }, (_, index) => {
    const seats = members.committee(slot, index).join('","');
    return `{"index":"${index}","slot":"${slot}","validators":["${seats}"]}`;
  });
  return `{"execution_optimistic":false,"finalized":false,"data":[${committees.join()}]}`;
}

function headerJson({ slot, proposer, rootHex, parentRoot, stateRoot, bodyRoot }: ChainBlock) {
  return {
    ...{ root: rootHex, canonical: true },
    header: {
      message: {
        ...{ slot: `${slot}`, proposer_index: `${proposer}`, parent_root: toHex(parentRoot) },
        ...{ state_root: toHex(stateRoot), body_root: toHex(bodyRoot) },
      },
      signature: `0x${'00'.repeat(96)}`,
    },
  };
}

/** No point on the curve: who watches only compares it. */
const pubkeyOf = (validator: number): string => `0x${(validator + 1).toString(16).padStart(96, '0')}`;

function validatorJson(index: number, gwei: number) {
  return {
    ...{ index: `${index}`, balance: `${gwei}`, status: 'active_ongoing' },
    validator: {
      pubkey: pubkeyOf(index),
      withdrawal_credentials: `0x01${'00'.repeat(11)}${toHex(addressOf(index)).slice(2)}`,
      effective_balance: STAKE_GWEI.toString(),
      slashed: false,
      ...{ activation_eligibility_epoch: '1', activation_epoch: '6' },
      ...{ exit_epoch: NEVER, withdrawable_epoch: NEVER },
    },
  };
}
