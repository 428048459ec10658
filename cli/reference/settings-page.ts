import { environmentName, SETTING_NAMES, SETTINGS, type SettingName } from '../../core/config/settings.ts';
import {
  bold,
  italic,
  pageHead,
  reference,
  roff,
  section,
  sentence,
  verbatim,
  type PageAbout,
} from './roff.ts';

/** vigil.yaml(5): every setting, its values, default and meaning. */
export function settingsPage(about: PageAbout): string {
  return [
    pageHead('vigil.yaml', 5, about),
    section('name', 'vigil.yaml \\- configuration of Vigil'),
    section('description', DESCRIPTION),
    section('settings', ...SETTING_NAMES.map(setting)),
    section(
      'examples',
      verbatim([
        'network: hoodi',
        'http-port: 9000',
        'beacon-node:',
        '  - http://127.0.0.1:5052',
        '  - http://10.1.0.7:5052',
      ]),
    ),
    section('see also', `${reference('vigil', 1)},\n${reference('vigil-config-check', 1)}`),
    '',
  ].join('\n');
}

const DESCRIPTION = [
  `A YAML file of lines ${italic('name: value')}, in the data directory or where ${bold('--config')} says. A setting has one name`,
  `everywhere: ${bold('--http-port 9000')} on the command line, ${bold('VIGIL_HTTP_PORT=9000')} in the environment,`,
  `${bold('http-port: 9000')} in the file. The flag goes before the environment, the environment before the file, the file`,
  'before the default. A name that is not below is an error.',
  '.PP',
  'No setting switches slashing protection off, and none holds a secret: those are in files that settings name.',
  `${reference('vigil-config-check', 1)} prints what is in force and where it comes from.`,
].join('\n');

function setting(name: SettingName): string {
  const { summary, placeholder, list } = SETTINGS[name];
  const kind = list === true ? ', or a list of such' : '';
  return [
    '.TP',
    `${bold(`${name}:`)} ${italic(placeholder)}${kind}`,
    `${roff(sentence(summary))} ${byDefault(name)}Environment: ${bold(environmentName(name))}.`,
    ...(name === 'data-dir' ? ['It cannot be set in the file, which is looked for in it.'] : []),
  ].join('\n');
}

function byDefault(name: SettingName): string {
  const { fallback } = SETTINGS[name];
  // In the home of whoever makes the page; of whoever reads it.
  if (name === 'data-dir') return `Default: ${bold('~/.local/share/vigil')}. `;
  return ['string', 'number', 'bigint'].includes(typeof fallback)
    ? `Default: ${bold(String(fallback))}. `
    : '';
}
