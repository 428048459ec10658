import { z } from 'zod';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { parseStrictJson } from '../../core/json/parse-strict-json.ts';
import { parseUint64 } from '../../core/uint64.ts';
import { epoch, parsePubkey, parseRoot, type Epoch, type Pubkey, type Root } from '../../core/units.ts';
import { keyLifeError } from '../key-life-errors.ts';

/** What a machine without a network has to know of a validator to sign for it. */
export interface PreparedValidator {
  readonly index: bigint;
  readonly pubkey: Pubkey;
  readonly status: string;
  readonly balanceGwei: bigint;
  readonly withdrawalCredentials: Root;
  /** From this epoch on the chain takes its exit; `FAR_FUTURE_EPOCH` while it waits for its activation. */
  readonly earliestExitEpoch: Epoch;
}

/** What `vigil exit prepare` and `vigil credentials prepare` write: public facts, no secret. */
export interface Preparation {
  readonly network: string;
  readonly genesisValidatorsRoot: Root;
  readonly currentEpoch: Epoch;
  readonly validators: readonly PreparedValidator[];
}

const VERSION = 1;

const uint64 = z.string().transform((text, context) => {
  try {
    return parseUint64(text, 'it');
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});
const hexBy = <T>(parse: (text: unknown, field: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return parse(text, 'it');
    } catch (error) {
      context.addIssue((error as Error).message);
      return z.NEVER;
    }
  });

const schema = z
  .strictObject({
    vigil_preparation: z.literal(VERSION),
    network: z.string(),
    genesis_validators_root: hexBy(parseRoot),
    current_epoch: uint64,
    validators: z
      .array(
        z
          .strictObject({
            index: uint64,
            pubkey: hexBy(parsePubkey),
            status: z.string(),
            balance: uint64,
            withdrawal_credentials: hexBy(parseRoot),
            earliest_exit_epoch: uint64,
          })
          .transform((read): PreparedValidator => ({
            index: read.index,
            pubkey: read.pubkey,
            status: read.status,
            balanceGwei: read.balance,
            withdrawalCredentials: read.withdrawal_credentials,
            earliestExitEpoch: epoch(read.earliest_exit_epoch),
          })),
      )
      .min(1, 'is empty'),
  })
  .transform((read): Preparation => ({
    network: read.network,
    genesisValidatorsRoot: read.genesis_validators_root,
    currentEpoch: epoch(read.current_epoch),
    validators: read.validators,
  }));

export function preparationText(preparation: Preparation): string {
  const file = {
    vigil_preparation: VERSION,
    network: preparation.network,
    genesis_validators_root: preparation.genesisValidatorsRoot,
    current_epoch: preparation.currentEpoch.toString(),
    validators: preparation.validators.map((validator) => ({
      index: validator.index.toString(),
      pubkey: validator.pubkey,
      status: validator.status,
      balance: validator.balanceGwei.toString(),
      withdrawal_credentials: validator.withdrawalCredentials,
      earliest_exit_epoch: validator.earliestExitEpoch.toString(),
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * @param spec of the network that is to be signed for: what the file says is only compared with it, so that a file that
 *   was tampered with on its way cannot choose what is signed
 * @throws PREPARATION_INVALID, PREPARATION_OTHER_NETWORK
 */
export function parsePreparation(bytes: Uint8Array, field: string, spec: ChainSpec): Preparation {
  const read = schema.safeParse(jsonOf(bytes, field));
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = ['$', ...(issue?.path ?? [])].map(String).join('.');
    throw keyLifeError('PREPARATION_INVALID', `${field}: ${where} ${issue?.message ?? 'is wrong'}`);
  }
  if (read.data.genesisValidatorsRoot !== spec.genesisValidatorsRoot) {
    throw keyLifeError(
      'PREPARATION_OTHER_NETWORK',
      `${field} is of ${read.data.network}, not of ${spec.name}`,
    );
  }
  return read.data;
}

function jsonOf(bytes: Uint8Array, field: string): unknown {
  try {
    return parseStrictJson(bytes, { maxDepth: 8, maxTokenBytes: 4096 });
  } catch (error) {
    throw keyLifeError('PREPARATION_INVALID', `${field} is not one complete strict JSON value`, error);
  }
}
