import { Command } from 'commander';
import { submitVoluntaryExit } from '../../../beacon/index.ts';
import { FAR_FUTURE_EPOCH } from '../../../core/uint64.ts';
import { parseRoot } from '../../../core/units.ts';
import { ethText } from '../../../key-life/deposit/amount.ts';
import { keyLifeError } from '../../../key-life/key-life-errors.ts';
import { parseExits, type SignedExit } from '../../../key-life/operations/operations-file.ts';
import { readOperations } from '../../operations/read-operations.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { askValidators, leavingProblems, type AskedValidators } from '../../operations/ask-validators.ts';
import { confirmNamed, type ConfirmOptions } from '../../operations/confirm-named.ts';
import { sendEach } from '../../operations/send-each.ts';
import { whereMoneyGoes } from '../../operations/where-money-goes.ts';

export function exitBroadcastCommand(): Command {
  return new Command('broadcast')
    .description('send signed exits to a beacon node, after checking that the chain would take every one')
    .argument('<FILE>', 'one signed exit or a list of them')
    .option('--validators <ID...>', 'the validators that must be in the file; has to be said with --yes')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        'vigil exit broadcast exits.json --beacon-node http://localhost:5052',
        'vigil exit broadcast exits.json --beacon-node http://localhost:5052 --yes --validators 1200 1201',
      ),
    )
    .action(async (file: string, options: ConfirmOptions, command: Command) => {
      const context = commandContext(command);
      const exits = parseExits(await readOperations(file), file);
      const asked = await askValidators(
        context,
        exits.map(({ message }) => BigInt(message.validator_index)),
      );
      const done = alreadyLeaving(exits, asked);
      const left = asked.known.filter((_, at) => exits[at] === undefined || !done.has(exits[at]));
      await assertTakable(exits, asked, done);
      for (const [{ message }, why] of done) context.output.note(`${message.validator_index}: ${why}`);
      await confirmNamed(
        [
          `Takes ${left.length} validators of ${asked.spec.name} out of the set, for ever:`,
          ...left.map(
            ({ index, pubkey, balanceGwei, withdrawalCredentials }) =>
              `  ${index.toString()} ${pubkey}: ${ethText(balanceGwei)} ETH, which go ${whereMoneyGoes(parseRoot(withdrawalCredentials, 'withdrawal_credentials'))}`,
          ),
          'They have to go on with their duties until their exit epoch. This cannot be taken back.',
        ],
        options,
        asked.known,
        { nothingToDo: left.length === 0 },
      );
      await sendEach(
        exits,
        (exit, signal) => asked.nodes.ask(submitVoluntaryExit(exit), signal),
        context.output,
        done,
      );
    });
}

/** So that a list of which a part was sent can be sent again: exits of validators that leave or have left. */
function alreadyLeaving(exits: readonly SignedExit[], { known }: AskedValidators): Map<SignedExit, string> {
  return new Map(
    exits.flatMap((exit, at): [SignedExit, string][] => {
      const validator = known[at];
      if (validator === undefined || validator.exitEpoch === FAR_FUTURE_EPOCH) return [];
      return [
        [exit, `it leaves already (${validator.status}, exit epoch ${validator.exitEpoch.toString()})`],
      ];
    }),
  );
}

/** @throws OPERATION_REFUSED naming everything that is wrong */
async function assertTakable(
  exits: readonly SignedExit[],
  asked: AskedValidators,
  done: ReadonlyMap<SignedExit, string>,
): Promise<void> {
  const { exitSignatureHolds } = await import('../../../key-life/operations/exit.ts');
  const leaving = await leavingProblems(asked);
  const problems = exits.flatMap((exit, at) => {
    const validator = asked.known[at];
    if (validator === undefined || done.has(exit)) return [];
    const found = [...(leaving.get(validator) ?? [])];
    if (BigInt(exit.message.epoch) > asked.currentEpoch) {
      found.push(`its exit is good from epoch ${exit.message.epoch} on only`);
    }
    if (!exitSignatureHolds(exit, validator.pubkey, asked.spec))
      found.push('the signature is not that of its key');
    return found.map((problem) => `${exit.message.validator_index}: ${problem}`);
  });
  if (problems.length > 0) throw keyLifeError('OPERATION_REFUSED', problems.join('; '));
}
