import { errorFactory } from '../core/errors.ts';

/** Errors of the daemon as a process. */
export const DAEMON_ERRORS = {
  CANNOT_LISTEN: {
    summary: 'an address cannot be listened on',
    hint: 'Another process may have the port. Choose others with --http-port, --metrics-port, --admin-port, --http-host, --metrics-host, --admin-host.',
  },
  CHAIN_NEWER_THAN_DATABASE: {
    summary: 'the chain has messages of our keys that the slashing database does not know',
    hint: 'Another signer runs with these keys, or the database is old. Stop the other one. Then import a newer interchange file (`vigil slashing-db import FILE`), or `vigil slashing-db accept-rollback`.',
    exit: 3,
  },
  SIGNER_BUSY: {
    summary: 'more is asked for than this machine can sign in time; nothing was recorded or signed',
    hint: 'Come back after the seconds in Retry-After. If it goes on, spread the keys over more signers.',
  },
  NOT_SIGNED: {
    summary: 'nothing was signed: the key was taken out or the client has gone',
    hint: 'Nothing to do when the key was just deleted or the client gave up. Otherwise see the log of the signer.',
  },
  SIGNING_THREAD_DIED: {
    summary: 'a signing thread died; the signer ends, to be started again',
    hint: 'See the log for the reason. Memory that ran out is the usual one.',
  },
  SELF_TEST_FAILED: {
    summary: 'the signer could not make a signature for itself',
    hint: 'See its log for the disk and the signing threads. Under systemd the watchdog starts it again.',
  },
  API_TOKEN_WEAK: {
    summary: 'the API token is too short to keep anybody out',
    hint: 'Delete api-token.txt in the data directory: a new one is made at the next start.',
    exit: 3,
  },
} as const;

export const daemonError = errorFactory(DAEMON_ERRORS);
