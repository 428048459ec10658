import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isVigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import type { Explanation } from '../../signer/explain/explanation.ts';
import { parseIdentifier } from '../../signer/http/request-identifier.ts';
import { callSigner } from '../call-signer.ts';
import { cliError } from '../cli-errors.ts';
import { commandContext, type CommandContext } from '../command-context.ts';
import { examples } from '../options/examples.ts';
import { explainOffline } from '../explain-offline.ts';
import { settingOption, SIGNER_SETTINGS } from '../options/global-options.ts';

export function explainCommand(): Command {
  const command = new Command('explain')
    .description(
      'tell what a key may sign for whom, its watermark, its state and why, and what is refused now',
    )
    .argument('<pubkey>', 'public key, 96 hex digits')
    .addHelpText(
      'after',
      examples('vigil explain 0xa99a…8c7b', 'vigil explain 0xa99a…8c7b --json | jq .refusals'),
    );
  for (const name of SIGNER_SETTINGS) command.addOption(settingOption(name));
  return command.action(async (text: string, _options, self: Command) => {
    const context = commandContext(self);
    const pubkey = parseIdentifier(text);
    if (pubkey === null) throw cliError('BAD_ARGUMENT', 'the public key must have 96 hex digits');
    const explanation = (await askRunningSigner(context, pubkey)) ?? (await explainOffline(context, pubkey));
    context.output.result(explanation, linesOf(explanation));
  });
}

/** Null when none runs. A signer that was killed leaves its ports behind, where nobody answers. */
async function askRunningSigner(context: CommandContext, pubkey: Pubkey): Promise<Explanation | null> {
  const { settings, output } = context;
  if (!existsSync(join(settings['data-dir'], 'vigil.ports'))) return null;
  try {
    return (await callSigner(settings, `/vigil/v1/keys/${pubkey}/explain`)) as Explanation;
  } catch (error) {
    if (!isVigilError(error, 'SIGNER_NOT_REACHED')) throw error;
    output.note(`no signer answers: ${error.message}`);
    return null;
  }
}

function linesOf({ pubkey, from, sections, refusals }: Explanation): string[] {
  const source =
    from === 'signer' ? 'the running signer' : 'the files; no signer runs, or it cannot be reached';
  return [
    `${pubkey}, says ${source}`,
    ...sections.flatMap(({ id, entries }) => ['', heading(id), ...entryLines(entries)]),
    '',
    'refused at present',
    ...refusals.flatMap(({ what, code, why, needed }) => [
      `  ${what}: ${code}`,
      `      ${why}`,
      `      ${needed}`,
    ]),
    ...(refusals.length === 0 ? ['  nothing but what slashing protection refuses in its ordinary work'] : []),
  ];
}

const heading = (name: string): string => name.replaceAll('_', ' ');

function entryLines(entries: Explanation['sections'][number]['entries']): string[] {
  const shown = Object.entries(entries).filter(([, value]) => value !== null);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.flatMap(([name, value]) => {
    const [first = '-', ...rest] = typeof value === 'string' ? [value] : (value ?? []);
    return [
      `  ${heading(name).padEnd(width)}  ${first}`,
      ...rest.map((more) => `  ${' '.repeat(width)}  ${more}`),
    ];
  });
}
