import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { daemonError } from './daemon-errors.ts';

/**
 * @param what the listener is called in the message
 * @param port 0 for any that is free
 * @returns the port in use
 * @throws CANNOT_LISTEN
 */
export async function listen(
  app: FastifyInstance,
  what: string,
  host: string,
  port: number,
): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw daemonError(
      'CANNOT_LISTEN',
      `${what} cannot listen on ${host}:${port} (${code ?? 'unknown'})`,
      error,
    );
  }
  return (app.server.address() as AddressInfo).port;
}
