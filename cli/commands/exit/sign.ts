import { Command } from 'commander';
import { z } from 'zod';
import { FAR_FUTURE_EPOCH, parseUint64 } from '../../../core/uint64.ts';
import { ethText } from '../../../key-life/deposit/amount.ts';
import { keyLifeError } from '../../../key-life/key-life-errors.ts';
import { operationsText, type SignedExit } from '../../../key-life/operations/operations-file.ts';
import { parsePreparation, type PreparedValidator } from '../../../key-life/operations/preparation.ts';
import { readOperations } from '../../operations/read-operations.ts';
import { callSigner } from '../../call-signer.ts';
import { cliError } from '../../cli-errors.ts';
import { chainSpecOf, commandContext, type CommandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { confirmNamed, type ConfirmOptions } from '../../operations/confirm-named.ts';
import { signingKeys, type KeySourceOptions } from '../../operations/signing-keys.ts';
import { whereMoneyGoes } from '../../operations/where-money-goes.ts';
import { namesMnemonic, withMnemonicOptions } from '../../prompt/mnemonic-source.ts';
import { requireDataDirectory } from '../../database/require-database.ts';
import { assertWritable, writeOutFile } from '../../output/write-out-file.ts';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';

interface Options extends KeySourceOptions, ConfirmOptions {
  readonly preparation: string;
  readonly out: string;
  readonly epoch?: string;
  readonly throughSigner?: true;
}

export function exitSignCommand(): Command {
  const command = new Command('sign')
    .description('sign voluntary exits, offline with keystores or a mnemonic, or through the running signer')
    .requiredOption('--preparation <FILE>', 'what `vigil exit prepare` wrote')
    .requiredOption('--out <FILE>', 'where the signed exits go, mode 0600: whoever has them can send them')
    .option('--epoch <N>', 'the exit is good from this epoch on (default: the one of the preparation)')
    .option('--keystores <PATH...>', 'keystore files, or folders; only those of these validators are opened')
    .option(
      '--password-file <FILE>',
      'their password; asked for on a terminal when left out, except of keystores of a data directory (DATA_DIR/keys), which have their own',
    )
    .option('--through-signer', 'let the signer of the data directory sign; it has to --allow VOLUNTARY_EXIT')
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
        'vigil exit sign --preparation preparation.json --keystores validator_keys --out exits.json --network hoodi',
        'vigil exit sign --preparation preparation.json --keystores /var/lib/vigil/keys --out exits.json',
        'vigil exit sign --preparation preparation.json --mnemonic-prompt --out exits.json',
        'vigil exit sign --preparation preparation.json --through-signer --out exits.json --yes --validators 1200 1201',
      ),
    )
    .action(async (options: Options, self: Command) => {
      const context = commandContext(self);
      oneSource(options);
      if (options.throughSigner === true) requireDataDirectory(context.settings['data-dir']);
      assertWritable(options.out);
      const spec = await chainSpecOf(context);
      const { preparation: file } = options;
      const { validators, currentEpoch } = parsePreparation(await readOperations(file), file, spec);
      assertActivated(validators);
      const epoch = options.epoch === undefined ? currentEpoch : parseUint64(options.epoch, '--epoch');
      await confirmNamed(consequences(validators, epoch, spec), options, validators);
      const exits = options.throughSigner
        ? await bySigner(validators, epoch, context)
        : await byKeys(validators, epoch, options, spec);
      await assertSigned(exits, validators, spec);
      writeOutFile(options.out, operationsText(exits));
      context.output.result({ exits: exits.length, out: options.out }, [
        `${exits.length} signed: ${options.out}`,
      ]);
      context.output.note(
        `nothing was sent; that does: vigil exit broadcast ${options.out} --beacon-node URL`,
      );
    });
}

function oneSource(options: Options): void {
  const sources = [options.keystores !== undefined, namesMnemonic(options), options.throughSigner === true];
  if (sources.filter(Boolean).length !== 1) {
    throw cliError('BAD_ARGUMENT', 'name one source of keys: --keystores, a mnemonic or --through-signer');
  }
}

/** @throws OPERATION_REFUSED */
function assertActivated(validators: readonly PreparedValidator[]): void {
  const waiting = validators.filter(({ earliestExitEpoch }) => earliestExitEpoch === FAR_FUTURE_EPOCH);
  if (waiting.length === 0) return;
  const named = waiting.map(({ index, status }) => `${index.toString()} (${status})`).join(', ');
  throw keyLifeError(
    'OPERATION_REFUSED',
    `not active yet: ${named}; a validator that was never active cannot leave, prepare again when it is`,
  );
}

const consequences = (
  validators: readonly PreparedValidator[],
  epoch: bigint,
  { name }: ChainSpec,
): readonly string[] => [
  `Signs the exit of ${validators.length} validators of ${name}, good from epoch ${epoch.toString()} for ever:`,
  ...validators.map(
    ({ index, pubkey, balanceGwei, withdrawalCredentials }) =>
      `  ${index.toString()} ${pubkey}: ${ethText(balanceGwei)} ETH, which go ${whereMoneyGoes(withdrawalCredentials)}`,
  ),
  'Whoever has the signed file can send it at any time. A validator that has left never comes back.',
];

const messageOf = ({ index }: PreparedValidator, epoch: bigint): SignedExit['message'] => ({
  epoch: epoch.toString(),
  validator_index: index.toString(),
});

async function byKeys(
  validators: readonly PreparedValidator[],
  epoch: bigint,
  options: Options,
  spec: ChainSpec,
): Promise<SignedExit[]> {
  const keys = await signingKeys(new Set(validators.map(({ pubkey }) => pubkey)), options);
  const { signExit } = await import('../../../key-life/operations/exit.ts');
  return validators.flatMap((validator) => {
    const secretKey = keys.get(validator.pubkey);
    return secretKey === undefined ? [] : [signExit(messageOf(validator, epoch), secretKey, spec)];
  });
}

const answer = z.object({
  data: z.object({
    message: z.object({ epoch: z.string(), validator_index: z.string() }),
    signature: z.string(),
  }),
});

/** Its own beacon node tells it the index; the signature is checked against ours. */
async function bySigner(
  validators: readonly PreparedValidator[],
  epoch: bigint,
  { settings }: CommandContext,
): Promise<SignedExit[]> {
  const exits: SignedExit[] = [];
  for (const { pubkey } of validators) {
    const path = `/eth/v1/validator/${pubkey}/voluntary_exit?epoch=${epoch.toString()}`;
    exits.push(answer.parse(await callSigner(settings, path, {})).data);
  }
  return exits;
}

/** What is written is what will be believed later, so it is checked once more. */
async function assertSigned(
  exits: readonly SignedExit[],
  validators: readonly PreparedValidator[],
  spec: ChainSpec,
): Promise<void> {
  const { exitSignatureHolds } = await import('../../../key-life/operations/exit.ts');
  for (const [at, { index, pubkey }] of validators.entries()) {
    const exit = exits[at];
    const right =
      exit !== undefined &&
      exit.message.validator_index === index.toString() &&
      exitSignatureHolds(exit, pubkey, spec);
    if (!right)
      throw keyLifeError('OPERATION_REFUSED', `the exit of ${index.toString()} is not rightly signed`);
  }
}
