import { isVigilError } from '../../core/errors.ts';
import type { GatedType } from '../../core/config/gated-types.ts';
import type { Logger } from '../../core/log/logger.ts';
import { generalPolicy, type Policy } from './policy.ts';
import { readPolicyFile } from './read-policy-file.ts';

/** Where the policy comes from: the settings `policy-file` and `allow`. */
export interface PolicySource {
  readonly file: string | null;
  readonly allow: readonly GatedType[];
}

/** @throws POLICY_FILE_INVALID */
export function loadPolicy({ file, allow }: PolicySource): Policy {
  return file === null ? generalPolicy(allow) : readPolicyFile(file, allow);
}

/** The policy in force, and how it changes: all of it at once or not at all. */
export class PolicyStore {
  readonly #source: PolicySource;
  readonly #log: Logger;
  #current: Policy;

  /** @throws POLICY_FILE_INVALID */
  constructor(source: PolicySource, log: Logger) {
    this.#source = source;
    this.#log = log;
    this.#current = loadPolicy(source);
  }

  get current(): Policy {
    return this.#current;
  }

  /** Reads the file again. Never throws: a signer with a broken file goes on with the policy it has. */
  reload(): void {
    const { file } = this.#source;
    if (file === null) return;
    try {
      this.#current = loadPolicy(this.#source);
      this.#log.info({ file, keys: this.#current.keys.size }, 'the policy was read again');
    } catch (error) {
      if (!isVigilError(error)) throw error;
      const { code, hint, message } = error;
      this.#log.error({ code, hint, file }, `the old policy stays in force: ${message}`);
    }
  }
}
