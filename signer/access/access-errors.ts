import { errorFactory } from '../../core/errors.ts';

/** Errors of `signer/access/`. No message holds a token or its digest. */
export const ACCESS_ERRORS = {
  ACCESS_FILE_INVALID: {
    summary: 'the access file cannot be used',
    hint: 'Mend what the message names and check with `vigil config check`. docs/access.md has a worked example.',
    exit: 2,
  },
  ACCESS_FILE_WRITABLE: {
    summary: 'the access file can be changed by other users of this machine',
    hint: 'Read it through for rules that are not yours; then `chmod go-w FILE` and start again.',
    exit: 3,
  },
} as const;

export const accessError = errorFactory(ACCESS_ERRORS);
