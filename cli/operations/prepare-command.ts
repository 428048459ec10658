import { Command } from 'commander';
import { FAR_FUTURE_EPOCH } from '../../core/uint64.ts';
import { parseRoot } from '../../core/units.ts';
import { ethText } from '../../key-life/deposit/amount.ts';
import { preparationText, type Preparation } from '../../key-life/operations/preparation.ts';
import { commandContext } from '../command-context.ts';
import { examples } from '../options/examples.ts';
import { assertWritable, writeOutFile } from '../output/write-out-file.ts';
import { askValidators, earliestExit, parseValidatorId } from './ask-validators.ts';
import { whereMoneyGoes } from './where-money-goes.ts';

/** `vigil exit prepare` and `vigil credentials prepare`: the same facts serve both. */
export function prepareCommand(noun: 'exit' | 'credentials'): Command {
  return new Command('prepare')
    .description('ask a beacon node what is needed to sign offline, and write it to a file without secrets')
    .argument('<VALIDATOR...>', 'index or public key')
    .requiredOption('--out <FILE>', 'file to carry to the machine that has the keys')
    .addHelpText(
      'after',
      examples(`vigil ${noun} prepare 1200 1201 --beacon-node http://localhost:5052 --out preparation.json`),
    )
    .action(async (ids: string[], { out }: { out: string }, command: Command) => {
      const context = commandContext(command);
      assertWritable(out);
      const asked = await askValidators(context, ids.map(parseValidatorId));
      const preparation: Preparation = {
        network: asked.spec.name,
        genesisValidatorsRoot: asked.spec.genesisValidatorsRoot,
        currentEpoch: asked.currentEpoch,
        validators: asked.known.map((validator) => ({
          index: validator.index,
          pubkey: validator.pubkey,
          status: validator.status,
          balanceGwei: validator.balanceGwei,
          withdrawalCredentials: parseRoot(validator.withdrawalCredentials, 'withdrawal_credentials'),
          earliestExitEpoch: earliestExit(validator, asked),
        })),
      };
      writeOutFile(out, preparationText(preparation));
      context.output.table(
        preparation.validators,
        ['validator', 'status', 'ETH', 'withdrawals go', 'may exit from epoch'],
        preparation.validators.map((one) => [
          one.index.toString(),
          one.status,
          ethText(one.balanceGwei),
          whereMoneyGoes(one.withdrawalCredentials),
          one.earliestExitEpoch === FAR_FUTURE_EPOCH ? 'not active yet' : one.earliestExitEpoch.toString(),
        ]),
      );
      context.output.note(
        `written to ${out}; epoch ${preparation.currentEpoch.toString()} of ${preparation.network}`,
      );
    });
}
