/** What an attack knows of its victim. */
export interface Target {
  readonly port: number;
  readonly host: string;
  /** A key that the victim signs with. */
  readonly pubkey: string;
}

/** Plain values, because they travel between processes. */
export type Findings = Readonly<Record<string, number | boolean | string | readonly string[]>>;

/** Attacks until done, closes all that it opened, and tells what it saw. */
export type Attack = (target: Target, options: Readonly<Record<string, number>>) => Promise<Findings>;
