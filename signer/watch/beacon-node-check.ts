import { up, type HealthCheck } from '../health.ts';

/**
 * What `/healthcheck` says of the beacon nodes; nothing when none are configured. One that answers is enough: without
 * any, the clock goes unconfirmed, watched keys stay silent, and a second signer or a slashing goes unseen.
 * @param silent how many of them did not answer when they were last asked, at most a slot ago
 */
export function beaconNodeCheck(configured: number, silent: number): HealthCheck[] {
  if (configured === 0) return [];
  const answering = configured - silent;
  return [
    {
      id: 'beacon-node-check',
      status: up(answering > 0),
      data: { 'nodes-configured': configured, 'nodes-answering': answering },
    },
  ];
}
