import {
  configSpec,
  pendingPartialWithdrawals,
  validators,
  type ValidatorState,
} from '../../beacon/index.ts';
import { forkAtEpoch } from '../../core/chain/chain-spec.ts';
import { isAtLeast } from '../../core/chain/fork.ts';
import { FAR_FUTURE_EPOCH, parseUint64 } from '../../core/uint64.ts';
import { epoch, parsePubkey, type Epoch, type Pubkey } from '../../core/units.ts';
import { cliError } from '../cli-errors.ts';
import type { CommandContext } from '../command-context.ts';
import { askBeacon, type BeaconAccess } from '../commands/monitor/ask-beacon.ts';

/** By index or by public key. @throws BAD_INTEGER, BAD_HEX */
export const parseValidatorId = (text: string): bigint | Pubkey =>
  text.startsWith('0x') ? parsePubkey(text, 'validator') : parseUint64(text, 'validator');

export interface AskedValidators extends BeaconAccess {
  /** In the order they were asked for. */
  readonly known: readonly ValidatorState[];
  readonly currentEpoch: Epoch;
  /** Epochs that a validator has to be active before it may leave. */
  readonly shardCommitteePeriod: bigint;
}

/**
 * What the head state says of validators; all of them have to be known.
 * @throws BAD_ARGUMENT, BEACON_*
 */
export async function askValidators(
  context: CommandContext,
  ids: readonly (bigint | Pubkey)[],
): Promise<AskedValidators> {
  const access = await askBeacon(context);
  const { data } = await access.nodes.ask(validators('head', ids));
  const known = ids.map((id) => {
    const found = data.find(({ index, pubkey }) => id === index || id === pubkey);
    if (found === undefined) throw cliError('BAD_ARGUMENT', `the chain knows no validator ${id.toString()}`);
    return found;
  });
  if (new Set(known).size < known.length) throw cliError('BAD_ARGUMENT', 'a validator is named twice');
  const { data: config } = await access.nodes.ask(configSpec());
  const shardCommitteePeriod = parseUint64(config['SHARD_COMMITTEE_PERIOD'], 'SHARD_COMMITTEE_PERIOD');
  return { ...access, known, currentEpoch: access.clock.currentEpoch(), shardCommitteePeriod };
}

/** `FAR_FUTURE_EPOCH` for a validator that has no activation epoch yet. */
export function earliestExit(
  { activationEpoch }: Pick<ValidatorState, 'activationEpoch'>,
  { shardCommitteePeriod }: Pick<AskedValidators, 'shardCommitteePeriod'>,
): Epoch {
  const earliest = activationEpoch + shardCommitteePeriod;
  return epoch(earliest > FAR_FUTURE_EPOCH ? FAR_FUTURE_EPOCH : earliest);
}

/**
 * What keeps a validator from leaving now, by `process_voluntary_exit` and the request rules of Electra.
 * @param whole false for a partial withdrawal, which does not wait for others as an exit does
 */
export async function leavingProblems(
  asked: AskedValidators,
  { whole = true }: { readonly whole?: boolean } = {},
): Promise<Map<ValidatorState, string[]>> {
  const { known, currentEpoch, nodes, spec } = asked;
  // No queue before Electra.
  const queue =
    whole && isAtLeast(forkAtEpoch(spec, currentEpoch).name, 'electra')
      ? (await nodes.ask(pendingPartialWithdrawals('head'))).data
      : [];
  const waiting = new Set(queue.map(({ validatorIndex }) => validatorIndex));
  return new Map(
    known.map((validator) => {
      const problems: string[] = [];
      const earliest = earliestExit(validator, asked);
      if (validator.status !== 'active_ongoing') problems.push(`it is ${validator.status}`);
      else if (earliest > currentEpoch) {
        problems.push(
          `it may not leave before epoch ${earliest.toString()}, now is ${currentEpoch.toString()}`,
        );
      }
      if (waiting.has(validator.index)) problems.push('a partial withdrawal of it is under way');
      return [validator, problems];
    }),
  );
}
