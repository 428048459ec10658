/** One setting: how it is told about, and how it is read. */
export interface Setting<Value> {
  readonly summary: string;
  /** How the value is written in `--help`. */
  readonly placeholder: string;
  readonly fallback: Value;
  /** @throws CONFIG_INVALID with what is wrong; the setting's name is put in front by the caller */
  readonly parse: (text: string) => Value;
  /** Given several times, as a YAML list, or separated by commas in the environment. */
  readonly list?: true;
}

export type SettingsTable<Values> = { readonly [Name in keyof Values]: Setting<Values[Name]> };
