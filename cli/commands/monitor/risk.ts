import { Command, Option } from 'commander';
import { configSpec } from '../../../beacon/index.ts';
import { forkAtEpoch, type ChainSpec } from '../../../core/chain/chain-spec.ts';
import { isAtLeast, type ForkName } from '../../../core/chain/fork.ts';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import type { WatchListOptions } from '../../../monitor/watched/index.ts';
import {
  builtinConfig,
  collectTotalStake,
  countOf,
  describeRisk,
  lossBySlashed,
  penaltyRules,
  riskError,
  riskScenarios,
  stakeGroups,
  stakeOf,
  uniformStake,
  type PenaltyRules,
  type StakeBounds,
  type StakeGroup,
} from '../../../monitor/risk/index.ts';
import { centsText, fiatCents } from '../../../monitor/reports/index.ts';
import { WEI_PER_GWEI } from '../../../monitor/splits/amounts.ts';
import { cliError } from '../../cli-errors.ts';
import { chainSpecOf, commandContext, type CommandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { formatTable } from '../../output/format-table.ts';
import { askBeacon, type BeaconAccess } from './ask-beacon.ts';
import { askForValidators, chosenWatch } from './chosen-validators.ts';
import { basisPoints, gweiOfEth, wholeNumber, wholeNumbers } from './numbers.ts';

/** The forks whose penalties differ, since votes are paid as today. */
const FORKS = ['altair', 'bellatrix', 'electra'] as const satisfies readonly ForkName[];
const CURRENCY = /^[A-Z]{3}$/;
const PRICE = /^(0|[1-9]\d{0,11})(\.\d{1,18})?$/;

interface Options {
  readonly validators?: string;
  readonly balance: string;
  readonly totalStake?: string;
  readonly fork?: (typeof FORKS)[number];
  readonly machineKeys?: string;
  readonly others: string;
  readonly clientShare: string;
  readonly leakEpochs: string;
  readonly offlineHours: string;
  readonly price?: string;
  readonly currency: string;
}

export function monitorRiskCommand(): Command {
  return new Command('risk')
    .description('tell what slashing, inactivity leaks and outages would cost')
    .option('--validators <N>', 'so many validators instead of those of --watch')
    .option('--balance <ETH>', 'what each of --validators has', '32')
    .option('--total-stake <ETH>', 'total stake of the network; without it the beacon node is asked')
    .addOption(
      new Option('--fork <NAME>', 'rules of this fork instead of those in force').choices([...FORKS]),
    )
    .option('--machine-keys <N>', 'how many of the keys one machine holds')
    .option('--others <PERCENT>', 'of the network, slashed along with all of ours', '1')
    .option('--client-share <PERCENT>', 'of the network, slashed by a client bug; several by commas', '10,34')
    .option('--offline-hours <N>', 'several by commas', '1,24,168')
    .option('--leak-epochs <N>', 'several by commas', '225,1575,4725')
    .option('--price <AMOUNT>', 'of one ether: shows the losses in it too')
    .option('--currency <CODE>', 'of --price', 'EUR')
    .addHelpText(
      'after',
      examples(
        'vigil monitor risk --validators 100 --total-stake 35000000',
        'vigil monitor risk --watch 1200-1202 --beacon-node http://localhost:5052 --machine-keys 2',
      ),
    )
    .action(async (options: Options, command: Command) => {
      await showRisk(options, commandContext(command));
    });
}

async function showRisk(options: Options, context: CommandContext): Promise<void> {
  // Read first: a mistyped flag is told before any node is asked.
  const choices = {
    machineKeys:
      options.machineKeys === undefined ? null : BigInt(wholeNumber(options.machineKeys, '--machine-keys')),
    othersBps: basisPoints(options.others, '--others'),
    clientShareBps: options.clientShare.split(',').map((text) => basisPoints(text, '--client-share')),
    leakEpochs: wholeNumbers(options.leakEpochs, '--leak-epochs'),
    offlineHours: wholeNumbers(options.offlineHours, '--offline-hours'),
  };
  const value = valuation(options);
  const watched = watchedBy(options, context);
  const given = options.totalStake === undefined ? null : gweiOfEth(options.totalStake, '--total-stake');
  const asksNode = given === null || watched !== null;
  const access = asksNode ? await askBeacon(context) : null;
  const spec = access?.spec ?? (await chainSpecOf(context));
  const rules = await rulesOf(options, spec, access);
  const { ours, unknown } = await oursOf(options, watched, rules, access, context);
  const stake = await stakeBounds(given, rules, access);
  const epochMs = spec.slotDurationMs * Number(rules.slotsPerEpoch);
  // The least it may be: with less at stake in all, everybody's part of it is larger, and so is what is lost.
  const totalStakeGwei = stake.lowGwei;
  const scenarios = riskScenarios(rules, ours, { ...choices, totalStakeGwei, epochMs });
  const [typical] = ours.toSorted((a, b) => Number(b.count - a.count));
  if (typical === undefined) throw riskError('RISK_INPUT_INVALID', 'none of the validators has any stake');
  const chart = lossBySlashed(rules, typical, totalStakeGwei);
  const pages = describeRisk({
    ...{ rules, stake, epochMs, scenarios, chart, value },
    validators: countOf(ours),
    stakeGwei: stakeOf(ours),
    chartBalanceGwei: typical.balanceGwei,
  });
  const [header = [], ...rows] = pages.losses;
  context.output.result(
    {
      fork: rules.fork,
      totalStake: stake,
      validators: countOf(ours),
      stakeGwei: stakeOf(ours),
      groups: ours,
      unknown,
      scenarios,
      chart,
    },
    [...pages.intro, '', ...formatTable(header, rows), '', ...pages.notes, '', ...pages.chart],
  );
}

/** Null with `--validators`, which goes before what a file or the environment watches, but not before another flag. */
function watchedBy({ validators }: Options, context: CommandContext): WatchListOptions | null {
  if (validators === undefined) return chosenWatch(context);
  if (context.sources.watch === 'flag') throw cliError('BAD_ARGUMENT', 'give either --validators or --watch');
  return null;
}

async function rulesOf(
  { fork }: Options,
  spec: ChainSpec,
  access: BeaconAccess | null,
): Promise<PenaltyRules> {
  const now = forkAtEpoch(spec, new SlotClock(spec, Date.now).currentEpoch()).name;
  if (fork === undefined && !isAtLeast(now, 'altair'))
    throw riskError('RISK_INPUT_INVALID', 'the rules of phase0 are not known; name a fork with --fork');
  const known =
    access === null ? await builtinConfig(spec.name) : (await access.nodes.ask(configSpec())).data;
  return penaltyRules(spec.presetBase, fork ?? now, known);
}

async function oursOf(
  { validators, balance }: Options,
  watched: WatchListOptions | null,
  rules: PenaltyRules,
  access: BeaconAccess | null,
  context: CommandContext,
): Promise<{ readonly ours: readonly StakeGroup[]; readonly unknown: readonly string[] }> {
  if (validators !== undefined) {
    const count = BigInt(wholeNumber(validators, '--validators'));
    return { ours: [uniformStake(rules, count, gweiOfEth(balance, '--balance'))], unknown: [] };
  }
  if (watched === null || access === null) return { ours: [], unknown: [] };
  const { known, unknown } = await askForValidators(access.nodes, watched, context);
  // Who is out of the active set, or not in it yet, has nothing at risk.
  const active = known.filter(({ status }) => status.startsWith('active_'));
  if (active.length === 0) throw riskError('RISK_INPUT_INVALID', 'none of the validators is active');
  return { ours: stakeGroups(active), unknown };
}

async function stakeBounds(
  given: bigint | null,
  rules: PenaltyRules,
  access: BeaconAccess | null,
): Promise<StakeBounds> {
  if (given !== null) return { lowGwei: given, highGwei: given, estimateGwei: given };
  if (access === null) throw riskError('TOTAL_STAKE_UNKNOWN');
  return collectTotalStake(access.nodes, rules);
}

function valuation({ price, currency }: Options): ((gwei: bigint) => string) | null {
  if (price === undefined) return null;
  if (!PRICE.test(price)) throw cliError('BAD_ARGUMENT', '--price must be a decimal number');
  if (!CURRENCY.test(currency)) throw cliError('BAD_ARGUMENT', '--currency must be three capital letters');
  return (gwei) => `${centsText(fiatCents(gwei * WEI_PER_GWEI, price))} ${currency}`;
}
