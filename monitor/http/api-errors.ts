import { errorFactory, isVigilError } from '../../core/errors.ts';

/** Errors of the monitor's HTTP API, with their status. */
export const API_ERRORS = {
  MONITOR_BAD_PARAMETER: {
    status: 400,
    summary: 'a parameter of the request cannot be used',
    hint: 'The message names it. docs/monitor-api.json lists what each path takes.',
  },
  MONITOR_ORIGIN_NOT_ALLOWED: {
    status: 403,
    summary: 'the monitor does not answer to web pages',
    hint: 'Requests with an Origin header come from pages of other servers. Ask from a program.',
  },
  MONITOR_HOST_NOT_ALLOWED: {
    status: 403,
    summary: 'the monitor does not answer to that host name',
    hint: 'Use its IP address, or name the host with --http-host-allowlist.',
  },
  MONITOR_UNKNOWN_VALIDATOR: {
    status: 404,
    summary: 'the validator is not watched and never was',
    hint: 'See GET /api/v1/validators for those that are. A key is known once the chain knows it.',
  },
  MONITOR_UNKNOWN_GROUP: {
    status: 404,
    summary: 'no validator is in that group',
    hint: 'See GET /api/v1/overview for the groups that there are.',
  },
  MONITOR_NO_SUCH_PATH: {
    status: 404,
    summary: 'there is no such path',
    hint: 'GET /openapi.json lists the paths.',
  },
  MONITOR_READ_ONLY: {
    status: 405,
    summary: 'the API of the monitor can only be read',
    hint: 'Use GET or HEAD.',
  },
  MONITOR_API_FAILED: {
    status: 500,
    summary: 'the monitor could not answer',
    hint: 'See the log of the monitor.',
  },
  MONITOR_CANNOT_LISTEN: {
    status: 500,
    summary: 'the address of the API cannot be listened on',
    hint: 'Another process may have the port. Choose another with --monitor-port or --monitor-host.',
  },
} as const;

export type ApiErrorCode = keyof typeof API_ERRORS;

export const apiError = errorFactory(API_ERRORS);

/** The status of whatever a route throws; what nobody foresaw is 500. */
export function apiStatus(error: unknown): number {
  if (!isVigilError(error)) return 500;
  // The database says this of cursors that are of another list.
  if (error.code === 'MONITOR_QUERY_INVALID') return 400;
  return statusOfCode(error.code);
}

export const statusOfCode = (code: string): number =>
  (API_ERRORS as Readonly<Record<string, { status: number } | undefined>>)[code]?.status ?? 500;
