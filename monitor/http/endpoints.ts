import type { Endpoint } from './endpoint.ts';
import { ATTESTATIONS, EXCEPTIONS, NETWORK } from './routes/attestations.ts';
import { PROPOSALS, SYNC, SYNC_EPOCHS } from './routes/duties.ts';
import { GAPS } from './routes/gaps.ts';
import { OVERVIEW } from './routes/overview.ts';
import { EVENTS, FOREIGN, PAYMENTS } from './routes/records.ts';
import { REWARDS } from './routes/rewards.ts';
import { STATUS } from './routes/status.ts';
import { VALIDATOR } from './routes/validator.ts';
import { VALIDATORS } from './routes/validators.ts';
import { WINDOW } from './routes/window.ts';

/** Before the path of each of them. */
export const API_PREFIX = '/api/v1';

/** The JSON API, in the order of its document. */
export const ENDPOINTS: readonly Endpoint[] = [
  STATUS,
  OVERVIEW,
  VALIDATORS,
  VALIDATOR,
  ATTESTATIONS,
  EXCEPTIONS,
  NETWORK,
  PROPOSALS,
  SYNC,
  SYNC_EPOCHS,
  EVENTS,
  REWARDS,
  PAYMENTS,
  FOREIGN,
  GAPS,
  WINDOW,
];
