import type { Counter } from 'prom-client';
import type { Logger } from '../core/log/logger.ts';
import type { OpenGuardOptions } from '../slashing-db/index.ts';
import type { Stages } from './metrics/stages.ts';
import {
  tellOfAnchorFailure,
  tellOfDatabase,
  tellOfDroppedRefusals,
  tellOfSignerAhead,
} from './tell-operator.ts';

/** What the guard tells while it works, and who hears it: metrics and the operator. */
export const guardNews = (stages: Stages, droppedRefusals: Counter, log: Logger) =>
  ({
    onCommit: (waited, took) => {
      if (waited !== null) stages.guard_wait(waited);
      stages.commit(took);
    },
    onAnchorFailure: (path, error) => tellOfAnchorFailure(path, error, log),
    onAvailable: (away) => tellOfDatabase(away, log),
    onSignerAhead: (why) => tellOfSignerAhead(why, log),
    onRefusalsDropped: (count) => {
      droppedRefusals.inc(count);
      tellOfDroppedRefusals(count, log);
    },
  }) satisfies Partial<OpenGuardOptions>;
