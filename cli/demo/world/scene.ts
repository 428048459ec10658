import type { ChainFacts } from './demo-chain.ts';
import type { DemoWorld } from './demo-world.ts';

export type VoteResult = 'perfect' | 'late' | 'wrong_head' | 'wrong_target' | 'missed' | 'unknown';

export interface ValidatorScene {
  readonly index: number;
  readonly pubkey: string;
  /** As the monitor judges them, the oldest first. */
  readonly votes: readonly VoteResult[];
  readonly proposals: number;
  /** After the last epoch that is final; null before. */
  readonly balanceGwei: bigint | null;
  readonly frozen: boolean;
}

export interface SignerScene {
  readonly signed: number;
  readonly refused: number;
}

export interface ForeignScene {
  readonly validatorIndex: number;
  readonly kind: string;
  readonly slot: string;
  readonly action: string;
}

export interface MonitorScene {
  readonly lastFinalEpoch: number | null;
  readonly rewardsGwei: bigint;
  readonly residualGwei: bigint;
  readonly foreign: readonly ForeignScene[];
}

/** Everything that is to be seen at one moment, as chain, signer and monitor tell it themselves. */
export interface Scene {
  readonly chain: ChainFacts;
  readonly signer: SignerScene;
  readonly monitor: MonitorScene;
  readonly validators: readonly ValidatorScene[];
}

const TIMEOUT_MS = 5000;

export async function look(world: DemoWorld, signal: AbortSignal): Promise<Scene> {
  const ask = (path: string) => askFor(`${world.monitor.url('port')}/api/v1/${path}`, signal);
  const [signer, status, rewards, foreign, ...details] = await Promise.all([
    signerScene(world, signal),
    ask('status') as Promise<{ lastFinalEpoch: string | null }>,
    ask('rewards?by=validator') as Promise<{ rows: RewardRow[] }>,
    ask('foreign-messages') as Promise<{ rows: ForeignScene[] }>,
    ...world.pubkeys.map((_, index) => ask(`validators/${index}`) as Promise<ValidatorAnswer>),
  ]);
  const frozen = new Set(
    foreign.rows.filter(({ action }) => action === 'frozen').map(({ validatorIndex }) => validatorIndex),
  );
  const rows = new Map(rewards.rows.map((row) => [Number(row.key), row]));
  return {
    chain: world.chain.facts(),
    signer,
    monitor: {
      lastFinalEpoch: status.lastFinalEpoch === null ? null : Number(status.lastFinalEpoch),
      rewardsGwei: rewards.rows.reduce((sum, row) => sum + earned(row), 0n),
      residualGwei: rewards.rows.reduce((sum, row) => sum + BigInt(row.absoluteResidualGwei), 0n),
      foreign: foreign.rows,
    },
    validators: details.map(({ validator, votes }) => ({
      index: validator.index,
      pubkey: validator.pubkey,
      votes: votes.map(({ result }) => result).toReversed(),
      proposals: rows.get(validator.index)?.duties.proposalsIncluded ?? 0,
      balanceGwei: validator.balanceGwei === null ? null : BigInt(validator.balanceGwei),
      frozen: frozen.has(validator.index),
    })),
  };
}

/** How many votes of each validator the monitor found, final ones, by index. */
export async function finalVotes(
  world: DemoWorld,
  fromEpoch: number,
  toEpoch: number,
): Promise<{ included: number; perfect: number }[]> {
  const range = `fromEpoch=${fromEpoch}&toEpoch=${toEpoch}`;
  const { rows } = (await askFor(
    `${world.monitor.url('port')}/api/v1/attestations?by=validator&${range}`,
  )) as {
    rows: { included: string; results: { perfect: string } }[];
  };
  return rows.map(({ included, results }) => ({
    included: Number(included),
    perfect: Number(results.perfect),
  }));
}

interface RewardRow {
  readonly key: string;
  readonly attestationGwei: string;
  readonly syncGwei: string;
  readonly proposerGwei: string;
  readonly slashingGwei: string;
  readonly absoluteResidualGwei: string;
  readonly duties: { readonly proposalsIncluded: number };
}

interface ValidatorAnswer {
  readonly validator: {
    readonly index: number;
    readonly pubkey: string;
    readonly balanceGwei: string | null;
  };
  readonly votes: readonly { readonly result: VoteResult }[];
}

const earned = ({ attestationGwei, syncGwei, proposerGwei, slashingGwei }: RewardRow): bigint =>
  BigInt(attestationGwei) + BigInt(syncGwei) + BigInt(proposerGwei) + BigInt(slashingGwei);

const SIGN_REQUESTS = /^vigil_signer_sign_requests_total\{.*result="(\w+)".*\} (\d+)$/gm;

async function signerScene(world: DemoWorld, signal: AbortSignal): Promise<SignerScene> {
  const text = await (await request(`${world.signer.url('metrics')}/metrics`, signal)).text();
  const sum = (wanted: string) =>
    [...text.matchAll(SIGN_REQUESTS)]
      .filter(([, result]) => result === wanted)
      .reduce((total, [, , count]) => total + Number(count), 0);
  return { signed: sum('signed'), refused: sum('refused') };
}

const askFor = async (url: string, signal?: AbortSignal): Promise<unknown> =>
  (await request(url, signal)).json();

async function request(url: string, signal?: AbortSignal): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, {
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}
