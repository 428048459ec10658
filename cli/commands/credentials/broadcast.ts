import { Command } from 'commander';
import { submitBlsToExecutionChanges, type ValidatorState } from '../../../beacon/index.ts';
import { checksumAddress } from '../../../core/execution-address.ts';
import { parsePubkey, parseRoot } from '../../../core/units.ts';
import { blsCredentials, readCredentials } from '../../../key-life/deposit/withdrawal-credentials.ts';
import { keyLifeError } from '../../../key-life/key-life-errors.ts';
import { parseChanges, type SignedChange } from '../../../key-life/operations/operations-file.ts';
import { readOperations } from '../../operations/read-operations.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { askValidators, type AskedValidators } from '../../operations/ask-validators.ts';
import { confirmNamed, type ConfirmOptions } from '../../operations/confirm-named.ts';
import { sendEach } from '../../operations/send-each.ts';

export function credentialsBroadcastCommand(): Command {
  return new Command('broadcast')
    .description(
      'send signed changes of credentials to a beacon node, after checking that the chain would take them',
    )
    .argument('<FILE>', 'one signed change or a list of them')
    .option('--validators <ID...>', 'the validators that must be in the file; has to be said with --yes')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples('vigil credentials broadcast changes.json --beacon-node http://localhost:5052'),
    )
    .action(async (file: string, options: ConfirmOptions, command: Command) => {
      const context = commandContext(command);
      const changes = parseChanges(await readOperations(file), file);
      const asked = await askValidators(
        context,
        changes.map(({ message }) => BigInt(message.validator_index)),
      );
      const done = alreadySet(changes, asked);
      const left = changes.filter((change) => !done.has(change));
      await assertTakable(changes, asked, done);
      for (const [{ message }, why] of done) context.output.note(`${message.validator_index}: ${why}`);
      await confirmNamed(
        [
          `Sets where withdrawals of ${left.length} validators of ${asked.spec.name} go, for ever:`,
          ...left.map(
            ({ message }) =>
              `  ${message.validator_index}: to ${checksumAddress(message.to_execution_address)}`,
          ),
          'Read every address once more. This can be done once and never be changed.',
        ],
        options,
        asked.known,
        { nothingToDo: left.length === 0 },
      );
      await sendEach(
        changes,
        (change, signal) => asked.nodes.ask(submitBlsToExecutionChanges([change]), signal),
        context.output,
        done,
      );
    });
}

/** So that a list of which a part was sent can be sent again: changes that the chain has made. */
function alreadySet(changes: readonly SignedChange[], { known }: AskedValidators): Map<SignedChange, string> {
  return new Map(
    changes.flatMap((change, at): [SignedChange, string][] => {
      const address = addressOf(known[at]);
      if (address === null || address !== change.message.to_execution_address) return [];
      return [[change, `its withdrawals go to ${checksumAddress(address)} already`]];
    }),
  );
}

const addressOf = (validator: ValidatorState | undefined): string | null =>
  validator === undefined
    ? null
    : (readCredentials(parseRoot(validator.withdrawalCredentials, 'withdrawal_credentials'))?.address ??
      null);

/** @throws OPERATION_REFUSED naming everything that is wrong */
async function assertTakable(
  changes: readonly SignedChange[],
  asked: AskedValidators,
  done: ReadonlyMap<SignedChange, string>,
): Promise<void> {
  const { changeSignatureHolds } = await import('../../../key-life/operations/credentials-change.ts');
  const problems = changes.flatMap((change, at) => {
    const { from_bls_pubkey: from, validator_index: index } = change.message;
    if (done.has(change)) return [];
    const found: string[] = [];
    if (asked.known[at]?.withdrawalCredentials !== blsCredentials(parsePubkey(from, 'from_bls_pubkey'))) {
      found.push('its credentials do not name this withdrawal key, or are set already');
    }
    if (!changeSignatureHolds(change, asked.spec)) found.push('the signature is wrong');
    return found.map((problem) => `${index}: ${problem}`);
  });
  if (problems.length > 0) throw keyLifeError('OPERATION_REFUSED', problems.join('; '));
}
