import { Command, Option } from 'commander';
import { closestName } from '../../../core/config/closest-name.ts';
import type { Settings } from '../../../core/config/settings.ts';
import { parsePubkey } from '../../../core/units.ts';
import type { AccessQuestion } from '../../../signer/access/access-policy.ts';
import { ACTIONS, KEYED_ACTIONS, type Action } from '../../../signer/access/actions.ts';
import type { CompiledPolicy } from '../../../signer/access/compile-policy.ts';
import { explainAccess } from '../../../signer/access/explain-access.ts';
import { exitDecision, judgeExit } from '../../../signer/access/judge-exit.ts';
import { isPolicyType, POLICY_TYPES } from '../../../signer/access/type-groups.ts';
import { judge } from '../../../signer/policy/judge.ts';
import { loadPolicy } from '../../../signer/policy/policy-store.ts';
import { rulesOfKey } from '../../../signer/policy/rules-of-key.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { settingOption } from '../../options/global-options.ts';
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
      'say whether access file and policy let a client do something, by which rule, and why not by an earlier one',
    )
    .addOption(settingOption('access-file'))
    .addOption(settingOption('policy-file'))
    .addOption(settingOption('allow'))
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
      const rules = await readJudgedAccess(file);
      const { client } = options;
      if (!rules.byName.has(client)) throw unknown('client', client, [...rules.byName.keys()]);
      const { decision, passedOver } = explainAccess(rules, { client, ...question });
      const policy = policyOn(question, settings);
      const allowed = decision.allowed && policy === null;
      const why =
        decision.allowed && policy !== null ? `${decision.why}, but the policy does not` : decision.why;
      const access = decision.allowed;
      const exit = exitOverKeymanager(rules, client, question, policy === null);
      const answer = { client, ...question, ...decision, allowed, why, access, policy, passedOver };
      output.result({ ...answer, ...(exit === null ? {} : { exitOverKeymanager: exit }) }, [
        `${allowed ? 'yes' : 'no'}: ${why}`,
        ...(policy === null ? [] : [`the policy refuses it to every client: ${policy.why} (${policy.code})`]),
        ...passedOver.map(({ rule, reasons }) => `rules[${rule}] has no say: ${reasons.join('; ')}`),
        ...(exit === null ? [] : [`over the keymanager API: ${exit.allowed ? 'yes' : 'no'}: ${exit.why}`]),
        ...(question.action === 'keymanager-write' && decision.allowed ? [EXIT_WANTS_MORE] : []),
      ]);
    });
}

const EXIT_WANTS_MORE =
  'a voluntary exit wants the right to sign as well: ask with --key PUBKEY --type VOLUNTARY_EXIT';

/** Of an exit, what becomes of it by the other way there is; null for any other question. */
function exitOverKeymanager(
  rules: CompiledPolicy,
  client: string,
  question: AccessQuestion,
  policyAllows: boolean,
): { allowed: boolean; why: string } | null {
  if (question.action !== 'sign' || question.type !== 'VOLUNTARY_EXIT') return null;
  const { allowed, why } = exitDecision(judgeExit(rules, client, question.key));
  if (!allowed || policyAllows) return { allowed, why };
  return { allowed: false, why: `${why}, but the policy does not` };
}

/** Why nobody gets such a signature, whatever the access file says; null when that depends on the message alone. */
function policyOn(question: AccessQuestion, settings: Settings): { code: string; why: string } | null {
  if (question.action !== 'sign') return null;
  const { key, type } = question;
  const rules = rulesOfKey(loadPolicy({ file: settings['policy-file'], allow: settings.allow }), key);
  const refusal = judge({ type, facts: {} }, rules, null, key);
  return refusal === null ? null : { code: refusal.reason, why: refusal.detail };
}

function questionOf({ action = 'sign', key, type: written }: Options): AccessQuestion {
  // As in sign requests, which may write it in any letter case.
  const type = written?.toUpperCase();
  if (!KEYED_ACTIONS.includes(action)) {
    if (key !== undefined)
      throw cliError('BAD_ARGUMENT', `${action} is on the signer as a whole: leave --key out`);
  } else if (key === undefined) throw cliError('BAD_ARGUMENT', `${action} wants --key`);
  if (action === 'sign') {
    if (type === undefined) throw cliError('BAD_ARGUMENT', 'sign wants --type');
    if (!isPolicyType(type)) throw unknown('message type', written ?? '', POLICY_TYPES);
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
