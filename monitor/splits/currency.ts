import { WEI_PER_GWEI } from './amounts.ts';
import type { Pool } from './config/pool.ts';
import { splitsError } from './splits-errors.ts';

/** What a pool's amounts are: on Gnosis Chain the two layers pay in two currencies, which are never added. */
export interface Currency {
  readonly unit: 'ETH' | 'GNO' | 'xDAI';
  /** Of the consensus layer: Gnosis counts balances in 32nds of a GNO. */
  readonly weiPerGwei: bigint;
  /** Whether a plain transfer pays it; GNO is a token. */
  readonly native: boolean;
}

const ETHER: Currency = { unit: 'ETH', weiPerGwei: WEI_PER_GWEI, native: true };
const GNO: Currency = { unit: 'GNO', weiPerGwei: WEI_PER_GWEI / 32n, native: false };
const XDAI: Currency = { unit: 'xDAI', weiPerGwei: WEI_PER_GWEI / 32n, native: true };

const GNOSIS_NAMES: readonly string[] = ['gnosis', 'chiado'];
const GNOSIS_CHAINS: readonly bigint[] = [100n, 10_200n];

export const TWO_CURRENCIES =
  'counts the GNO of the consensus layer and the xDAI of the execution layer as one currency; set income.el: false, and split xDAI in a pool file of its own with income.cl: false';

/** Whether the name alone tells that both currencies would be counted as one. */
export const mixesCurrencies = ({ network, income }: Pick<Pool, 'network' | 'income'>): boolean =>
  GNOSIS_NAMES.includes(network) && income.cl && income.el;

/**
 * @param chainId null where only the file is known
 * @throws SPLIT_IMPOSSIBLE when the pool counts two currencies
 */
export function currencyOf(
  { network, income }: Pick<Pool, 'network' | 'income'>,
  chainId: bigint | null,
): Currency {
  if (!GNOSIS_NAMES.includes(network) && (chainId === null || !GNOSIS_CHAINS.includes(chainId))) return ETHER;
  if (income.cl && income.el) throw splitsError('SPLIT_IMPOSSIBLE', `the pool ${TWO_CURRENCIES}`);
  return income.el ? XDAI : GNO;
}
