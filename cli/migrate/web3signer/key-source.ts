/** Where one key of Web3Signer lies. `label` is what the report calls it: the file, with `#N` in one of many documents. */
export type KeySource =
  | { readonly kind: 'raw'; readonly label: string; readonly file: string; readonly secret: Uint8Array }
  | {
      readonly kind: 'keystore';
      readonly label: string;
      readonly keystoreFile: string;
      readonly passwordFile: string;
      /** A key configuration file means the first line of the password file, a bulk directory all of it. */
      readonly password: 'first-line' | 'whole-file';
    };

/** Something that gave no key: `by-hand` says what the operator does, `skipped` why there is nothing to do. */
export interface PassedOver {
  readonly label: string;
  readonly status: 'failed' | 'skipped' | 'by-hand';
  readonly message: string;
}

export interface FoundKeys {
  readonly keys: readonly KeySource[];
  readonly passedOver: readonly PassedOver[];
}

export const NO_KEYS: FoundKeys = { keys: [], passedOver: [] };

export const joinFound = (...all: readonly FoundKeys[]): FoundKeys => ({
  keys: all.flatMap(({ keys }) => keys),
  passedOver: all.flatMap(({ passedOver }) => passedOver),
});

/** The files that hold a private key or open one. */
export const secretFilesOf = (source: KeySource): string[] =>
  source.kind === 'raw' ? [source.file] : [source.keystoreFile, source.passwordFile];
