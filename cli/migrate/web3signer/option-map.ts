import { isVigilError } from '../../../core/errors.ts';
import { SETTINGS, type SettingName } from '../../../core/config/settings.ts';
import type { Becomes, OptionContext } from './becomes.ts';
import { isOn } from './becomes.ts';
import { OPTIONS } from './options.ts';
import type { SetOption, Web3SignerConfig } from './read-config.ts';

/** One option with its fate, or a name that is none of Web3Signer's. No value but that of a setting is in it. */
export interface MappedOption {
  readonly option: string;
  readonly becomes: Becomes | { readonly kind: 'unknown' };
}

export interface OptionMap {
  readonly options: readonly MappedOption[];
  /** What vigil.yaml says in their place; lists have several values. */
  readonly settings: ReadonlyMap<SettingName, readonly string[]>;
}

/** What becomes of every option that is set, in the order in which they were written; none is left out. */
export function mapOptions(
  config: Web3SignerConfig,
  { configFile, pathOf, ourPath }: Omit<OptionContext, 'other'>,
): OptionMap {
  const other = (name: string): string | null => config.options.get(name)?.values[0] ?? null;
  const options: MappedOption[] = [...config.options.values()].map((option) => ({
    option: option.name,
    becomes: fateOf(option, { other, configFile, pathOf, ourPath }),
  }));
  options.push(...impliedMetricsPort(config));
  options.push(...config.unknown.map((option) => ({ option, becomes: { kind: 'unknown' } as const })));
  return { options, settings: settingsOf(options) };
}

function fateOf(option: SetOption, context: OptionContext): Becomes {
  const rule = OPTIONS[option.name];
  if (rule === undefined) {
    return { kind: 'none', why: 'it is not of the mode that signs for validators' };
  }
  const becomes = rule(option, context);
  return becomes.kind === 'setting' ? usable(becomes) : becomes;
}

/** What Vigil itself would refuse in its configuration is not written there. */
function usable(becomes: Extract<Becomes, { kind: 'setting' }>): Becomes {
  const { setting, values } = becomes;
  const single = values.length === 1 || SETTINGS[setting].list === true;
  try {
    if (!single) throw new Error('must be a single value');
    SETTINGS[setting].parse(values.join(','));
    return becomes;
  } catch (error) {
    if (!isVigilError(error) && single) throw error;
    return {
      kind: 'by-hand',
      todo: `choose a ${setting}, this value cannot be used: ${(error as Error).message}`,
    };
  }
}

/**
 * Without a metrics-port Web3Signer takes 9001 and Vigil the port after its HTTP port: Prometheus would look at the
 * wrong one after the change.
 */
function impliedMetricsPort({ options }: Web3SignerConfig): MappedOption[] {
  const port = options.get('http-listen-port')?.values[0] ?? '9000';
  const served = isOn(options.get('metrics-enabled')?.values ?? []);
  if (!served || port === '9000' || options.has('metrics-port')) return [];
  const becomes: Becomes = { kind: 'setting', setting: 'metrics-port', values: ['9001'] };
  return [{ option: 'metrics-port (its default)', becomes }];
}

function settingsOf(options: readonly MappedOption[]): Map<SettingName, readonly string[]> {
  const settings = new Map<SettingName, readonly string[]>();
  for (const { becomes } of options) {
    if (becomes.kind === 'setting') settings.set(becomes.setting, becomes.values);
    if (becomes.kind !== 'by-hand') continue;
    for (const [setting, value] of becomes.lines ?? []) settings.set(setting, [value]);
  }
  return settings;
}
