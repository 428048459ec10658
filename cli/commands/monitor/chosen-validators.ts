import { Option } from 'commander';
import { validators, type BeaconNodes, type ValidatorState } from '../../../beacon/index.ts';
import { isVigilError } from '../../../core/errors.ts';
import { parseUint64 } from '../../../core/uint64.ts';
import { parsePubkey, type Pubkey } from '../../../core/units.ts';
import { cliError } from '../../cli-errors.ts';

/** Validators named one by one, for the verbs that need no monitor to run. */
export const chosenOption = (): Option =>
  new Option('--watch <VALIDATOR>', 'index or public key; several by commas, may be repeated').argParser(
    (value: string, before: string[] | undefined) => [...(before ?? []), ...value.split(',')],
  );

/** @throws BAD_ARGUMENT for what is neither an index nor a public key */
export function parseValidatorId(text: string): bigint | Pubkey {
  try {
    return text.startsWith('0x') ? parsePubkey(text, 'the public key') : parseUint64(text, 'the index');
  } catch (error) {
    if (!isVigilError(error)) throw error;
    throw cliError('BAD_ARGUMENT', `--watch ${text.slice(0, 120)}: ${error.message}`, error);
  }
}

export interface ChosenValidators {
  /** Ordered by index, each once. */
  readonly known: readonly ValidatorState[];
  /** As they were named. */
  readonly unknown: readonly string[];
}

/**
 * What the head state says of them.
 * @throws BAD_ARGUMENT when it knows none of them
 */
export async function askForValidators(
  nodes: BeaconNodes,
  ids: readonly (bigint | Pubkey)[],
): Promise<ChosenValidators> {
  const { data } = await nodes.ask(validators('head', [...new Set(ids)]));
  const known = [...new Map(data.map((each) => [each.index, each])).values()].sort((a, b) =>
    a.index < b.index ? -1 : 1,
  );
  const named = new Set<bigint | string>(known.flatMap(({ index, pubkey }) => [index, pubkey]));
  const unknown = [...new Set(ids)].filter((id) => !named.has(id)).map(String);
  if (known.length === 0)
    throw cliError('BAD_ARGUMENT', `the chain knows none of these validators: ${unknown.join(', ')}`);
  return { known, unknown };
}
