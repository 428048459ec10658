import { formatEth } from '../amounts.ts';
import { msOfSlot } from '../period.ts';
import { csv } from './csv.ts';
import { json } from './json.ts';
import type { OutputContext, OutputFile } from './output-context.ts';

/** Transfers in one Safe transaction: about 9 million gas, a quarter of a block. */
const PER_BATCH = 250;

/** The same payouts in the forms that wallets and contracts take. */
export function* payoutFiles(context: OutputContext): Generator<OutputFile> {
  const paid = context.result.participants.filter(({ payoutWei }) => payoutWei > 0n);
  yield {
    name: 'payouts.csv',
    text: csv(
      ['participant', 'name', 'address', `amount_${context.currency.unit.toLowerCase()}`, 'amount_wei'],
      paid.map(({ id, name, address, payoutWei }) => [
        id,
        name,
        address,
        formatEth(payoutWei),
        payoutWei.toString(),
      ]),
    ),
  };
  // These pay the coin of the chain, and GNO is a token: they would pay so many xDAI.
  if (!context.currency.native) return;
  yield {
    name: 'safe-airdrop.csv',
    text: csv(
      ['token_type', 'token_address', 'receiver', 'amount', 'id'],
      paid.map(({ address, payoutWei }) => ['native', '', address, formatEth(payoutWei), '']),
    ),
  };
  yield {
    name: 'disperse.txt',
    text: paid.map(({ address, payoutWei }) => `${address},${formatEth(payoutWei)}\n`).join(''),
  };
  const batches = Math.max(1, Math.ceil(paid.length / PER_BATCH));
  for (let batch = 0; batch < batches; batch += 1) {
    const name =
      batches === 1 ? 'safe-transactions.json' : `safe-transactions-${batch + 1}-of-${batches}.json`;
    yield { name, text: safeBatch(context, paid.slice(batch * PER_BATCH, (batch + 1) * PER_BATCH), name) };
  }
}

/** For import in Safe's Transaction Builder. */
function safeBatch(
  { pool, period, chain }: OutputContext,
  paid: readonly { readonly address: string; readonly payoutWei: bigint }[],
  name: string,
): string {
  return json({
    version: '1.0',
    chainId: chain.chainId.toString(),
    createdAt: Number(msOfSlot(period.endSlot + 1n, chain)),
    meta: {
      name: `${pool.name} ${period.label}`,
      description: `Staking rewards, ${name}`,
      txBuilderVersion: '1.18.0',
      createdFromSafeAddress: '',
      createdFromOwnerAddress: '',
    },
    transactions: paid.map(({ address, payoutWei }) => ({
      to: address,
      value: payoutWei.toString(),
      data: null,
      contractMethod: null,
      contractInputsValues: null,
    })),
  });
}
