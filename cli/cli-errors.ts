import { errorFactory } from '../core/errors.ts';

/** Errors of the command line itself. */
export const CLI_ERRORS = {
  CONFIRMATION_NEEDED: {
    summary: 'this cannot be undone and was not confirmed',
    hint: 'Read what it will do, then repeat the command with --yes.',
    exit: 2,
  },
  BAD_ARGUMENT: {
    summary: 'an argument cannot be used',
    hint: 'See --help for what the verb takes.',
    exit: 2,
  },
  TERMINAL_NEEDED: {
    summary: 'this has to be asked on a terminal',
    hint: 'Run it in a terminal, with stdin and stderr not redirected; or give what it would ask for by files, see --help.',
    exit: 2,
  },
  PROMPT_ABANDONED: {
    summary: 'a question was not answered',
    hint: 'Nothing was made or sent. Start again when you are ready.',
  },
  KEYS_UNFINISHED: {
    summary: 'not all keys were made',
    hint: 'What was made is complete and stays. Repeat the command with --mnemonic-prompt and the same --start-index, --count and --out: what is there is kept, the rest is made.',
  },
  NOT_ALL_SENT: {
    summary: 'not all of them were sent and taken by the beacon node',
    hint: 'Repeat the command: what was sent is on its way and sending it again changes nothing.',
  },
  FILE_EXISTS: {
    summary: 'the file is there already',
    hint: 'Nothing was changed. Name another path, or move the file away if it is not needed.',
  },
  OUT_FILE_UNWRITABLE: {
    summary: 'a result file cannot be written',
    hint: 'There is no half of it. Check free space, the permissions of its folder and the user that you are, then repeat the command.',
  },
  FILES_CHANGED: {
    summary: 'files were changed since Vigil wrote them',
    hint: 'Nothing was written. Keep what you changed in files of your own, or repeat with --force to lose it.',
  },
  ALERTING_NOT_REACHED: {
    summary: 'Prometheus or the Alertmanager cannot be asked',
    hint: 'Is it running, and is this its address? --prometheus URL, --alertmanager URL.',
  },
  NOT_INITIALISED: {
    summary: 'nothing of Vigil is in this data directory',
    hint: 'Check --data-dir; `vigil init` makes a new one.',
  },
  SOME_KEYS_FAILED: {
    summary: 'not all keys could be brought in',
    hint: 'Mend what the lines above say and run the command again: keys that are in are skipped.',
  },
  KEYS_NOT_REMOVED: {
    summary: 'the signer could not remove all keys',
    hint: 'Those that are not named here are removed for good. See the log of the signer, mend what it says and repeat the command with the keys that are named.',
  },
  IMPORT_UNFINISHED: {
    summary: 'the import was ended before it came to the last keystore',
    hint: 'What was imported stays. Run the same command again: keys that are in are passed over without being opened.',
  },
  HISTORY_NEEDED: {
    summary: 'keys would come in without their slashing history',
    hint: 'Nothing was changed. Stop Web3Signer, export with `web3signer eth2 export --to FILE`, repeat with --interchange FILE. Only if there is no history anywhere: --without-history.',
    exit: 3,
  },
  SIGNER_NOT_REACHED: {
    summary: 'the signer of this data directory cannot be reached',
    hint: 'If it is starting, wait and repeat. If it listens elsewhere, say so: VIGIL_HTTP_HOST or http-host in vigil.yaml, and the same for admin-host and the TLS files. Where client certificates are required, tls-cert must also be one that tls-client-ca vouches for.',
  },
  MONITOR_NOT_REACHED: {
    summary: 'the monitor cannot be reached',
    hint: 'Is `vigil monitor` running on this data directory? If it runs elsewhere, name it: --monitor-url http://HOST:PORT.',
  },
  RELOAD_FAILED: {
    summary: 'the signer could not reload its keys',
    hint: 'Its keys are as they were. See its log, mend the data directory and repeat.',
  },
  DATABASE_FAULTY: {
    summary: 'the slashing database is not sound',
    hint: 'Stop the signer. Keep a copy of the data directory, then restore the newest interchange export into a new one.',
    exit: 3,
  },
  HISTORY_BROKEN: {
    summary: 'the chain of the history is broken',
    hint: 'Somebody or something changed the database past the signer. Keep a copy of it and find out who had access.',
    exit: 3,
  },
  WRONG_RUNTIME: {
    summary: 'this Node.js is not the one that Vigil is made for',
    hint: 'Start Vigil with `cli/vigil.js` after `npm ci`: it takes the pinned Node.js.',
  },
  EXECUTION_OTHER_NETWORK: {
    summary: 'the execution node is of another network',
    hint: 'Nothing was made. Name a node of the same network: --execution-node URL; or say which network is meant: --network, --beacon-node.',
    exit: 3,
  },
  BEACON_NODE_NEEDED: {
    summary: 'the monitor learns everything from a beacon node',
    hint: 'Give --beacon-node URL, several times for several nodes.',
    exit: 2,
  },
  OUT_OF_REACH: {
    summary: 'a path is where a system service of Vigil cannot see it',
    hint: 'Install Vigil and its data elsewhere (/opt, /usr/lib, /var/lib), or use --user.',
    exit: 2,
  },
  NOT_PRIVILEGED: {
    summary: 'this is for root to do',
    hint: 'Repeat the command with sudo, or use --user for services of your own.',
    exit: 2,
  },
  NOT_OURS: {
    summary: 'a file is in the way that Vigil did not write',
    hint: 'Nothing was changed. Look at the file; move it away if it is not needed.',
  },
  SYSTEMD_FAILED: {
    summary: 'systemd did not do its part',
    hint: 'The files are as they are told above. Vigil wants systemd 250 or later; see docs/systemd.md.',
  },
  DEMO_WENT_WRONG: {
    summary: 'the demo saw an outcome that it should not have seen',
    hint: 'Please report this with the output above.',
  },
} as const;

export const cliError = errorFactory(CLI_ERRORS);
