import fc from 'fast-check';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { examples } from '../../../../cli/options/examples.ts';
import { createProgram } from '../../../../cli/program.ts';
import { commandPage } from '../../../../cli/reference/command-page.ts';
import { allCommands, describeCommands } from '../../../../cli/reference/describe-commands.ts';
import { roff } from '../../../../cli/reference/roff.ts';
import { settingsPage } from '../../../../cli/reference/settings-page.ts';
import { SETTING_NAMES, SETTINGS } from '../../../../core/config/settings.ts';

const ABOUT = { version: '1.2.3', date: '2026-01-02' };
const PROGRAM = describeCommands(await createProgram());
const pages = allCommands(PROGRAM).map((command) => ({ command, page: commandPage(command, ABOUT) }));
/** As a reader sees it. */
const plain = (page: string): string =>
  page
    .replaceAll(/\\f[BIP]/g, '')
    .replaceAll('\\-', '-')
    .replaceAll('\\(ti', '~')
    .replaceAll(/\\[e&]/g, '');

it('never lets text become a request, and leaves nothing that is not ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const line of roff(text).split('\n')) {
        expect(line).not.toMatch(/^[.']/);
        expect(line).toMatch(/^[ -~]*$/);
      }
    }),
  );
  expect(roff('0x…')).toBe('0x\\[u2026]');
});

it.each(pages)('$command.path has a page with every argument and option', ({ command, page }) => {
  const shown = plain(page);
  // `vigil --version` and nothing else takes it.
  const inherited = command.inherited.filter(({ long }) => long !== '--version');
  expect(shown.split('\n')[0]).toContain(`"${command.path.join('-').toUpperCase()}" 1 "2026-01-02"`);
  for (const { long } of [...command.options, ...inherited]) expect(shown).toContain(long);
  for (const { shown: word } of command.arguments) expect(shown).toContain(word);
  for (const { path } of command.commands) expect(shown).toContain(`${path.join('-')}(1)`);
  if (command.commands.length === 0 && command.path.length > 1) expect(shown).toContain('.SH EXAMPLES');
});

it('names in its synopsis what must not be missing', () => {
  const page = pages.find(({ command }) => command.path.join(' ') === 'vigil keys freeze')?.page ?? '';
  expect(plain(page)).toContain('vigil keys freeze --reason TEXT [options] [pubkey...]');
});

it('tells titles, indented lines and paragraphs of a help text apart', () => {
  const command = new Command('verb')
    .addHelpText('after', examples('vigil verb', 'vigil verb --more'))
    .addHelpText('after', '\nIt is over:\nand nothing comes.')
    .addHelpText('after', '\nWords of others:\n  theirs\n      ours');
  expect(describeCommands(command).notes).toEqual([
    { title: 'Examples', lines: ['  $ vigil verb', '  $ vigil verb --more'] },
    { title: null, lines: ['It is over:', 'and nothing comes.'] },
    { title: 'Words of others', lines: ['  theirs', '      ours'] },
  ]);
});

it('leaves hidden options out', () => {
  const command = new Command('verb').option('--seen', 'x');
  command.addOption(command.createOption('--unseen', 'x').hideHelp());
  expect(describeCommands(command).options.map(({ long }) => long)).toEqual(['--seen', '--help']);
});

it('has every setting in vigil.yaml(5)', () => {
  const page = plain(settingsPage(ABOUT));
  for (const name of SETTING_NAMES) expect(page).toContain(`\n${name}: ${SETTINGS[name].placeholder}`);
});

it('says nothing of the machine that it was made on', () => {
  const here = SETTINGS['data-dir'].fallback;
  for (const page of [...pages.map(({ page }) => page), settingsPage(ABOUT)].map(plain)) {
    expect(page).not.toContain(here);
  }
  expect(plain(pages[0]?.page ?? '')).toContain('~/.local/share/vigil');
});
