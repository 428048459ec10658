import type { SettingName } from '../../../core/config/settings.ts';
import type { SetOption } from './read-config.ts';

/** What becomes of one option of Web3Signer. */
export type Becomes =
  /** `values` is what is written into vigil.yaml; `remark` what the operator should know beside it. */
  | {
      readonly kind: 'setting';
      readonly setting: SettingName;
      readonly values: readonly string[];
      readonly remark?: string;
    }
  /** Read by this very command. */
  | { readonly kind: 'used'; readonly what: string }
  | { readonly kind: 'none'; readonly why: string }
  /**
   * `lines` are written all the same where the configuration without them would be open to more people, or about
   * another chain: with files in them that are not there yet, so that the start fails until the work is done.
   */
  | {
      readonly kind: 'by-hand';
      readonly todo: string;
      readonly lines?: readonly SettingLine[];
    };

export type SettingLine = readonly [setting: SettingName, value: string];

/** What the words about an option may need beside its own values. */
export interface OptionContext {
  /** The text of another option, null when it is not set. */
  readonly other: (name: string) => string | null;
  /** A path as Web3Signer would have resolved it. */
  readonly pathOf: (text: string) => string;
  /** The configuration file, for commands to type. */
  readonly configFile: string | null;
  /** Where a file of Vigil is to be that has to be made first: beside its configuration. */
  readonly ourPath: (name: string) => string;
}

export type OptionRule = (option: SetOption, context: OptionContext) => Becomes;

export const none =
  (why: string): OptionRule =>
  () => ({ kind: 'none', why });

export const used =
  (what: string): OptionRule =>
  () => ({ kind: 'used', what });

export const byHand =
  (todo: string): OptionRule =>
  () => ({ kind: 'by-hand', todo });

/** The same value under Vigil's name. */
export const same =
  (setting: SettingName): OptionRule =>
  ({ values }) => ({ kind: 'setting', setting, values });

/** For switches: what the option was set to decides. */
export const whenOn =
  (on: OptionRule, off: OptionRule = none('it is off')): OptionRule =>
  (option, context) =>
    (isOn(option.values) ? on : off)(option, context);

export const isOn = (values: readonly string[]): boolean => values.at(-1)?.trim().toLowerCase() === 'true';

/** A list is written as a YAML list or with commas. */
export const listed = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(',')).map((value) => value.trim());
