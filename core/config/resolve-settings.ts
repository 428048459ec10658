import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { coreError } from '../core-errors.ts';
import { closestName } from './closest-name.ts';
import { credentialSettings } from './credentials.ts';
import { environmentName, SETTING_NAMES, SETTINGS, type SettingName, type Settings } from './settings.ts';

export type SettingSource = 'flag' | 'environment' | 'file' | 'credential' | 'default';

export interface ResolvedSettings {
  readonly settings: Settings;
  readonly sources: Readonly<Record<SettingName, SettingSource>>;
  /** The configuration file that was read, if any. */
  readonly file: string | null;
}

export interface SettingInputs {
  readonly flags: Readonly<Partial<Record<SettingName, string | readonly string[]>>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--config`; without it `vigil.yaml` in the data directory is read if it is there. */
  readonly configFile?: string | undefined;
}

export const CONFIG_FILE_NAME = 'vigil.yaml';

/**
 * The settings in force: flag, else environment, else file, else what a service manager handed over, else default.
 * @throws CONFIG_INVALID naming the setting and where it was set
 */
export function resolveSettings({ flags, environment, configFile }: SettingInputs): ResolvedSettings {
  refuseUnknownVariables(environment);
  const credentials = credentialSettings(environment);
  const settings: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, SettingSource>> = {};
  const set = (name: SettingName, values: Readonly<Record<string, string | undefined>>): void => {
    const candidates: [SettingSource, string, string | undefined][] = [
      ['flag', `--${name}`, joined(flags[name])],
      ['environment', environmentName(name), variable(environment, environmentName(name))],
      ['file', `${name} in ${file ?? ''}`, values[name]],
      ['credential', `the credential ${name}`, credentials[name]],
    ];
    const found = candidates.find(([, , value]) => value !== undefined);
    sources[name] = found?.[0] ?? 'default';
    settings[name] = found?.[2] === undefined ? SETTINGS[name].fallback : parsed(name, found[1], found[2]);
  };

  // The data directory comes first: the configuration file may be in it.
  let file: string | null = null;
  set('data-dir', {});
  const path = configFile ?? join(settings['data-dir'] as string, CONFIG_FILE_NAME);
  const values = readConfigFile(path, configFile !== undefined);
  if (values !== null) file = path;
  for (const name of SETTING_NAMES) if (name !== 'data-dir') set(name, values ?? {});
  return { settings: settings as unknown as Settings, sources: sources as ResolvedSettings['sources'], file };
}

/** Variables of Vigil's own making that are no settings. */
const INTERNAL_VARIABLES = ['VIGIL_LAUNCHER_PID'];

/** What Kubernetes puts into every container of a namespace that has a service named vigil or vigil-something. */
const SERVICE_LINK =
  /^VIGIL_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const isServiceUrl = (name: string, value = ''): boolean =>
  /^VIGIL_(\w+_)?PORT$/.test(name) && /^(tcp|udp|sctp):\/\//.test(value);

/** Of a service named vigil-monitor Kubernetes says VIGIL_MONITOR_PORT=tcp://…, which nobody meant for the setting. */
const variable = (environment: SettingInputs['environment'], name: string): string | undefined =>
  isServiceUrl(name, environment[name]) ? undefined : environment[name];

/** A misspelt variable that was ignored would leave its setting at the default. */
function refuseUnknownVariables(environment: SettingInputs['environment']): void {
  const settings = SETTING_NAMES.map(environmentName);
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('VIGIL_') || settings.includes(name) || INTERNAL_VARIABLES.includes(name)) continue;
    if (SERVICE_LINK.test(name) || isServiceUrl(name, value)) continue;
    const meant = closestName(name, settings);
    throw coreError(
      'CONFIG_INVALID',
      `the environment variable ${name} is not a setting${meant === null ? '' : `; did you mean ${meant}?`}`,
    );
  }
}

const joined = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' || value === undefined ? value : value.length === 0 ? undefined : value.join(',');

function parsed(name: SettingName, where: string, value: string): unknown {
  try {
    return SETTINGS[name].parse(value);
  } catch (error) {
    throw coreError('CONFIG_INVALID', `${where}: ${(error as Error).message}`, error);
  }
}

function readConfigFile(path: string, required: boolean): Record<string, string> | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw coreError('CONFIG_INVALID', `${path} cannot be read: ${(error as Error).message}`, error);
  }
  // Failsafe: every scalar stays text, so that a root or a port is parsed by the setting and by nothing else.
  const document = parseDocument(text, { schema: 'failsafe' });
  const [problem] = document.errors;
  if (problem !== undefined) throw coreError('CONFIG_INVALID', `${path}: ${problem.message}`, problem);
  const values: unknown = document.toJS();
  if (values === null || values === '') return {};
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw coreError('CONFIG_INVALID', `${path} must be a list of "name: value" lines`);
  }
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [known(name, path), scalar(value, name, path)]),
  );
}

function known(name: string, path: string): string {
  if (name !== 'data-dir' && (SETTING_NAMES as string[]).includes(name)) return name;
  const near = closestName(name, SETTING_NAMES);
  const suggestion = near === null ? '' : `, did you mean "${near}"?`;
  throw coreError('CONFIG_INVALID', `${path}: "${name}" is not a setting${suggestion}`);
}

function scalar(value: unknown, name: string, path: string): string {
  if (typeof value === 'string') return value;
  const isList = Array.isArray(value) && value.every((item): item is string => typeof item === 'string');
  if (isList && SETTINGS[name as SettingName].list === true) return value.join(',');
  throw coreError('CONFIG_INVALID', `${path}: "${name}" must be a single value`);
}
