import type { FastifyReply, FastifyRequest } from 'fastify';
import type { NodeView } from './node-view.ts';

/** The frame of most answers. */
export const framed = (view: NodeView, data: unknown, finalized: boolean) => ({
  data,
  execution_optimistic: view.conditions.optimistic,
  finalized,
});

export const wantsSsz = (request: FastifyRequest): boolean => {
  const accept = request.headers.accept ?? '';
  const ssz = accept.indexOf('application/octet-stream');
  const json = accept.indexOf('application/json');
  return ssz !== -1 && (json === -1 || ssz < json);
};

export function sendSsz(reply: FastifyReply, bytes: Uint8Array): FastifyReply {
  return reply.type('application/octet-stream').send(Buffer.from(bytes));
}

/** A query parameter that may be given many times, or with commas. */
export function listOf(value: unknown): string[] {
  if (value === undefined) return [];
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  return parts.flatMap((part) => String(part).split(','));
}

/** FAR_FUTURE_EPOCH on the wire. */
export const epochText = (epoch: number): string =>
  epoch === Infinity ? '18446744073709551615' : epoch.toString();
