import { validators, type BeaconNodes, type ValidatorState } from '../../../beacon/index.ts';
import { isVigilError } from '../../../core/errors.ts';
import { parseUint64 } from '../../../core/uint64.ts';
import { parsePubkey, type Pubkey } from '../../../core/units.ts';
import { cliError } from '../../cli-errors.ts';

/** A range of indices that is longer was mistyped, or asks for a large part of the network. */
const MOST = 100_000n;
const RANGE = /^(0|[1-9][0-9]{0,9})-(0|[1-9][0-9]{0,9})$/;

/**
 * The words of the setting `watch` that name validators by themselves. Those that name a file, a folder, a signer or an
 * address are for the monitor.
 * @throws BAD_ARGUMENT for any other
 */
export function chosenIds(words: readonly string[]): (bigint | Pubkey)[] {
  return words.flatMap((word) => {
    const [, first, last] = RANGE.exec(word) ?? [];
    if (first === undefined || last === undefined) return [parseValidatorId(word)];
    const [from, to] = [BigInt(first), BigInt(last)];
    if (to < from || to - from >= MOST)
      throw cliError('BAD_ARGUMENT', `--watch ${word}: a range goes up, and has at most ${MOST} indices`);
    return Array.from({ length: Number(to - from) + 1 }, (_, more) => from + BigInt(more));
  });
}

function parseValidatorId(text: string): bigint | Pubkey {
  try {
    return text.startsWith('0x') ? parsePubkey(text, 'the public key') : parseUint64(text, 'the index');
  } catch (error) {
    if (!isVigilError(error)) throw error;
    const problem = 'this verb takes indices, ranges 100-199 and public keys';
    throw cliError('BAD_ARGUMENT', `--watch ${text.slice(0, 120)}: ${problem}`, error);
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
