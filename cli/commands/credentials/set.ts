import { Command } from 'commander';
import { checksumAddress } from '../../../core/execution-address.ts';
import { toHex } from '../../../core/hex.ts';
import { parseWithdrawalAddress, readCredentials } from '../../../key-life/deposit/withdrawal-credentials.ts';
import { keyLifeError } from '../../../key-life/key-life-errors.ts';
import { operationsText } from '../../../key-life/operations/operations-file.ts';
import { parsePreparation, type PreparedValidator } from '../../../key-life/operations/preparation.ts';
import { readOperations } from '../../operations/read-operations.ts';
import { chainSpecOf, commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { confirmNamed, type ConfirmOptions } from '../../operations/confirm-named.ts';
import { searchedIndices, type SearchOptions } from '../../operations/signing-keys.ts';
import { keyTreeOf, withMnemonicOptions, type MnemonicOptions } from '../../prompt/mnemonic-source.ts';
import { assertWritable, writeOutFile } from '../../output/write-out-file.ts';

interface Options extends MnemonicOptions, SearchOptions, ConfirmOptions {
  readonly preparation: string;
  readonly withdrawalAddress: string;
  readonly out: string;
}

export function credentialsSetCommand(): Command {
  const command = new Command('set')
    .description(
      'sign, offline and with the mnemonic, that withdrawals of validators with 0x00 credentials go to an address from now on',
    )
    .requiredOption('--preparation <FILE>', 'what `vigil credentials prepare` wrote')
    .requiredOption('--withdrawal-address <ADDRESS>', 'where they go, for ever')
    .requiredOption('--out <FILE>', 'where the signed changes go, mode 0600')
    .option('--start-index <N>', 'first index of the mnemonic that is looked at', '0')
    .option('--search <N>', 'how many keys of the mnemonic are looked at', '1000');
  return withMnemonicOptions(command)
    .option(
      '--validators <ID...>',
      'the validators that must be in the preparation; has to be said with --yes',
    )
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        'vigil credentials set --preparation preparation.json --mnemonic-prompt --withdrawal-address 0x… --out changes.json',
      ),
    )
    .action(async (options: Options, self: Command) => {
      const context = commandContext(self);
      const address = parseWithdrawalAddress(options.withdrawalAddress, '--withdrawal-address');
      const indices = searchedIndices(options);
      assertWritable(options.out);
      const spec = await chainSpecOf(context);
      const { preparation: file } = options;
      const { validators } = parsePreparation(await readOperations(file), file, spec);
      assertBls(validators);
      const shown = checksumAddress(toHex(address));
      await confirmNamed(
        [
          `Signs that all withdrawals of ${validators.length} validators of ${spec.name} go to ${shown}:`,
          ...validators.map(({ index, pubkey }) => `  ${index.toString()} ${pubkey}`),
          'The chain takes this once for each validator. Use an address whose key you hold, not one of an exchange.',
        ],
        options,
        validators,
      );
      const tree = await keyTreeOf(options);
      // The SSZ types may only be loaded now that the network is known.
      const { changeSignatureHolds, findWithdrawalKeys, signCredentialsChange } =
        await import('../../../key-life/operations/credentials-change.ts');
      const wanted = new Set(validators.map(({ withdrawalCredentials }) => withdrawalCredentials));
      const found = findWithdrawalKeys(tree, wanted, indices);
      const changes = validators.map(({ index, withdrawalCredentials }) => {
        const keyIndex = found.get(withdrawalCredentials);
        if (keyIndex === undefined) {
          throw keyLifeError(
            'KEY_NOT_FOUND',
            `the mnemonic has no withdrawal key of validator ${index.toString()}`,
          );
        }
        return signCredentialsChange(index, address, { tree, keyIndex }, spec);
      });
      if (!changes.every((change) => changeSignatureHolds(change, spec))) {
        throw keyLifeError('OPERATION_REFUSED', 'a signature does not hold');
      }
      writeOutFile(options.out, operationsText(changes));
      context.output.result({ changes: changes.length, out: options.out }, [
        `${changes.length} signed: ${options.out}`,
      ]);
      context.output.note(
        `nothing was sent; that does: vigil credentials broadcast ${options.out} --beacon-node URL`,
      );
    });
}

/** @throws OPERATION_REFUSED */
function assertBls(validators: readonly PreparedValidator[]): void {
  const others = validators.filter(
    ({ withdrawalCredentials }) => readCredentials(withdrawalCredentials)?.kind !== 'bls',
  );
  if (others.length === 0) return;
  const named = others.map(({ index }) => index.toString()).join(', ');
  throw keyLifeError(
    'OPERATION_REFUSED',
    `the credentials of ${named} are set already; nothing can change the address`,
  );
}
