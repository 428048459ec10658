import { Counter, type Registry } from 'prom-client';

export const droppedRefusalsCounter = (registry: Registry): Counter =>
  new Counter({
    name: 'vigil_guard_refusals_dropped_total',
    help: 'Refusals that are on no record, because too many came while one commit of a shared slashing database took its time. Signatures wait instead.',
    registers: [registry],
  });
