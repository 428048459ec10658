import type { MonitorState } from '../model/monitor-state.ts';
import type { MonitorStore } from '../store/index.ts';

/** What the API reads. The state is of this moment, the store of what is final. */
export interface MonitorView {
  state(): MonitorState;
  readonly store: Pick<
    MonitorStore,
    'chain' | 'query' | 'known' | 'knownValidator' | 'statusOf' | 'gaps' | 'coverage'
  >;
  /** Unix milliseconds. */
  readonly nowMs: () => number;
}
