import { Counter, type Registry } from 'prom-client';

/** Why the signer closes a connection that broke no rule of HTTP. */
export const CLOSING_REASONS = ['no-room', 'bodies', 'pipelining', 'unread'] as const;

export type ClosingReason = (typeof CLOSING_REASONS)[number];

/** Counts connections that made way for others, so that an operator sees a flood. */
export function closedConnectionsCounter(registry: Registry): Counter<'reason'> {
  const counter = new Counter({
    name: 'vigil_signer_connections_closed_total',
    help: 'Connections closed to keep room for others: no-room (idle for the longest time when a new one came), bodies (too many unfinished bodies), pipelining (too many requests ahead of their answers), unread (answers that nobody reads).',
    labelNames: ['reason'] as const,
    registers: [registry],
  });
  for (const reason of CLOSING_REASONS) counter.inc({ reason }, 0);
  return counter;
}
