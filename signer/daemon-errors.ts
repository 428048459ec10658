import { errorFactory } from '../core/errors.ts';

/** Errors of the daemon as a process. */
export const DAEMON_ERRORS = {
  CANNOT_LISTEN: {
    summary: 'an address cannot be listened on',
    hint: 'Another process may have the port. Choose others with --http-port, --metrics-port, --http-host, --metrics-host.',
  },
} as const;

export const daemonError = errorFactory(DAEMON_ERRORS);
