import { Command, Option } from 'commander';
import { closestName } from '../../../core/config/closest-name.ts';
import { parsePubkey } from '../../../core/units.ts';
import type { AccessQuestion } from '../../../signer/access/access-policy.ts';
import { ACTIONS, KEYED_ACTIONS, type Action } from '../../../signer/access/actions.ts';
import { explainAccess } from '../../../signer/access/explain-access.ts';
import { isPolicyType, POLICY_TYPES } from '../../../signer/access/type-groups.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { settingOption } from '../../global-options.ts';
import { readJudgedAccess } from '../../read-judged-access.ts';

interface Options {
  readonly client: string;
  readonly key?: string;
  readonly type?: string;
  readonly action?: Action;
}

export function configExplainCommand(): Command {
  return new Command('explain')
    .description(
      'say whether the access file lets a client do something, by which rule, and why not by an earlier one',
    )
    .addOption(settingOption('access-file'))
    .requiredOption('--client <NAME>', 'a client of the access file, or api-token')
    .option('--key <PUBKEY>', 'the key it is about')
    .option('--type <TYPE>', 'message type of a sign request')
    .addOption(new Option('--action <ACTION>', 'what it wants to do (default: sign)').choices(ACTIONS))
    .addHelpText(
      'after',
      examples(
        'vigil config explain --client vc-1 --key 0x8a… --type VOLUNTARY_EXIT',
        'vigil config explain --client monitor --action keymanager-write',
      ),
    )
    .action(async (options: Options, self: Command) => {
      const { settings, output } = commandContext(self);
      const file = settings['access-file'];
      if (file === null) {
        throw cliError('BAD_ARGUMENT', 'there is no access file: whoever reaches the signing port may sign');
      }
      const question = questionOf(options);
      const policy = await readJudgedAccess(file);
      const { client } = options;
      if (!policy.byName.has(client)) throw unknown('client', client, [...policy.byName.keys()]);
      const { decision, passedOver } = explainAccess(policy, { client, ...question });
      output.result({ client, ...question, ...decision, passedOver }, [
        `${decision.allowed ? 'yes' : 'no'}: ${decision.why}`,
        ...passedOver.map(({ rule, reasons }) => `rules[${rule}] has no say: ${reasons.join('; ')}`),
      ]);
    });
}

function questionOf({ action = 'sign', key, type }: Options): AccessQuestion {
  if (!KEYED_ACTIONS.includes(action)) {
    if (key !== undefined)
      throw cliError('BAD_ARGUMENT', `${action} is on the signer as a whole: leave --key out`);
  } else if (key === undefined) throw cliError('BAD_ARGUMENT', `${action} wants --key`);
  if (action === 'sign') {
    if (type === undefined) throw cliError('BAD_ARGUMENT', 'sign wants --type');
    if (!isPolicyType(type)) throw unknown('message type', type, POLICY_TYPES);
    return { action, key: parsePubkey(prefixed(key ?? ''), '--key'), type };
  }
  if (type !== undefined) throw cliError('BAD_ARGUMENT', `${action} has no message types: leave --type out`);
  return action === 'list-keys' || action === 'commit-boost'
    ? { action, key: parsePubkey(prefixed(key ?? ''), '--key') }
    : { action };
}

const prefixed = (key: string): string => (key.startsWith('0x') ? key : `0x${key}`);

function unknown(what: string, name: string, candidates: readonly string[]): Error {
  const near = closestName(name, candidates);
  return cliError(
    'BAD_ARGUMENT',
    `there is no ${what} ${name}${near === null ? '' : `, did you mean ${near}?`}`,
  );
}
