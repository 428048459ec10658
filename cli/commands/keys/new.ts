import { Command, Option } from 'commander';
import { commandContext, type CommandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { settingOption } from '../../options/global-options.ts';
import { makeMnemonicKeys, type MadeKeys } from '../../keys-new/mnemonic-keys.ts';
import { originOf, type KeysNewOptions } from '../../keys-new/options.ts';
import { makeRandomKeys } from '../../keys-new/random-keys.ts';
import { withMnemonicOptions } from '../../prompt/mnemonic-source.ts';

export function keysNewCommand(): Command {
  const command = new Command('new')
    .description(
      'make keys of a new mnemonic, which is shown and typed again, or of an old one, with deposits for the launchpad; with --random: random keys for test networks',
    )
    .option('--count <N>', 'how many', '1')
    .option(
      '--password-file <FILE>',
      'password of the keystores (default: with --out asked for, else a random one for each, kept in the data directory)',
    )
    .addOption(
      new Option('--kdf <NAME>', 'key derivation of the keystores')
        .choices(['scrypt', 'pbkdf2'])
        .default('scrypt'),
    )
    .option('--out <DIR>', 'write keystores into this folder instead of the data directory')
    .addOption(settingOption('key-cache'))
    .option('--random', 'keys without a mnemonic: their keystores are the only copies there are');
  return withMnemonicOptions(command)
    .option('--mnemonic-out <FILE>', 'write the new mnemonic to this file, mode 0600, instead of showing it')
    .option('--start-index <N>', 'index of the first key; has to be said of an old mnemonic')
    .option('--withdrawal-address <ADDRESS>', 'make deposits whose withdrawals go to this address (0x01)')
    .option('--compounding', 'let rewards stay and compound, up to 2048 ETH (0x02)')
    .option('--bls-withdrawal', 'make deposits with a withdrawal key of the mnemonic instead (0x00)')
    .option('--amount <ETH>', 'amount of each deposit (default: 32)')
    .option(
      '--yes',
      'do not ask: make deposits also where there are some for the same validators already, and keys that were deleted here before',
    )
    .addHelpText(
      'after',
      examples(
        'vigil keys new --count 4 --network hoodi --out validator_keys --withdrawal-address 0x…',
        'vigil keys new --count 2 --mnemonic-prompt --start-index 4 --out validator_keys --withdrawal-address 0x…',
        'vigil keys new --count 4 --random --out keys --password-file password.txt',
      ),
    )
    .action(async (options: KeysNewOptions, self: Command) => {
      const context = commandContext(self);
      const origin = originOf(options);
      if (origin === 'random') {
        const pubkeys = await makeRandomKeys(options, context);
        context.output.result({ pubkeys }, pubkeys);
        const place = options.out ?? context.settings['data-dir'];
        context.output.note(
          `keystores: ${place}; made without a mnemonic, they are the only copies there are`,
        );
      } else tell(await makeMnemonicKeys(options, origin, context), options, context);
    });
}

function tell(
  { keys, depositData }: MadeKeys,
  options: KeysNewOptions,
  { output, settings }: CommandContext,
): void {
  const pubkeys = keys.map(({ pubkey }) => pubkey);
  output.result({ pubkeys, keys, depositData }, pubkeys);
  const there = keys.filter(({ status }) => status === 'there already').length;
  const left = options.out === undefined ? 'stay as they are' : 'open with this password';
  if (there > 0) output.note(`${there} of them were there already and ${left}`);
  output.note(`keystores: ${options.out ?? settings['data-dir']}`);
  output.note(depositData === null ? 'no deposits: name --withdrawal-address' : `deposits: ${depositData}`);
  const deposits = depositData === null ? '' : ` and \`vigil deposit verify ${depositData}\``;
  output.note(`before any money is sent: \`vigil keys verify\`${deposits}`);
}
