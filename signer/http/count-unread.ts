import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignerMetrics } from '../metrics/signer-metrics.ts';

const REASONS: Readonly<Record<number, string>> = { 413: 'BODY_TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE' };

/** A fastify `onResponse` hook that counts the sign requests of which no body ever reached the desk, which counts the rest. */
export function countUnread({ countSign }: Pick<SignerMetrics, 'countSign'>) {
  return ({ url }: FastifyRequest, { statusCode }: FastifyReply, done: () => void): void => {
    const reason = REASONS[statusCode];
    if (reason !== undefined && url.startsWith('/api/v1/eth2/sign')) countSign('unknown', 'rejected', reason);
    done();
  };
}
