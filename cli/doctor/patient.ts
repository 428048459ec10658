import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Settings } from '../../core/config/settings.ts';
import type { Finding } from './finding.ts';

/** What is examined: a configuration, and the machine that it is on. */
export interface Patient {
  readonly settings: Settings;
  /** The configuration file, or null. */
  readonly configFile: string | null;
  /** Null when the network could not be told; why is a finding of its own. */
  readonly spec: ChainSpec | null;
  readonly networkError: Error | null;
  /** Follow all of the history, not only its end. */
  readonly thorough: boolean;
  /** Where the kernel tells of itself. */
  readonly proc: string;
  readonly nowMs: () => number;
}

/** One thing to look at. What it throws becomes a finding. */
export interface Check {
  readonly name: string;
  readonly inspect: (patient: Patient) => Promise<readonly Finding[]> | readonly Finding[];
}
