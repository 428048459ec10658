import { BEACON_NODES } from './pages/beacon-nodes.ts';
import { OVERVIEW } from './pages/overview.ts';
import { REWARDS } from './pages/rewards.ts';
import { SIGNER } from './pages/signer.ts';
import { VALIDATORS } from './pages/validators.ts';
import type { Dashboard } from './panel.ts';

/** Dashboards for Grafana. Pure. */
export { renderDashboard } from './render-dashboard.ts';
export type { Dashboard, Panel } from './panel.ts';

export const DASHBOARDS: readonly Dashboard[] = [OVERVIEW, VALIDATORS, SIGNER, BEACON_NODES, REWARDS];
