import { errorFactory } from '../core/errors.ts';

/** Errors of `signer/keystore/`: keystore files, passwords, the key directory. No message holds file content. */
export const KEY_ERRORS = {
  KEYSTORE_INVALID: {
    summary: 'the file is not an EIP-2335 version 4 keystore',
    hint: 'Export the key again from the tool that made it. Version 3 files are wallets of the execution layer, not validator keys.',
  },
  KEYSTORE_TOO_COSTLY: {
    summary: 'the key derivation of the keystore asks for more memory or time than any honest tool does',
    hint: 'Encrypt the key again with ordinary parameters: scrypt n=262144 r=8 p=1, or pbkdf2 c=262144.',
  },
  KEYSTORE_KDF_FAILED: {
    summary: 'the key derivation could not run',
    hint: 'Most likely memory ran out: scrypt wants about 256 MB for each keystore at once. Free some and try again.',
  },
  KEYSTORE_WRONG_PASSWORD: {
    summary: 'the password does not open the keystore',
    hint: 'Check that the password belongs to this very file: upper and lower case, spaces at either end, keyboard layout. A damaged file looks the same.',
  },
  KEYSTORE_BAD_PASSWORD: {
    summary: 'the password cannot be used',
    hint: 'Give a password in UTF-8 with at least one character that is not a control code.',
    exit: 2,
  },
  KEYSTORE_BAD_SECRET: {
    summary: 'the decrypted secret is not a BLS12-381 secret key',
    hint: 'The keystore was made from something else than a validator key. Derive the key again from its mnemonic.',
  },
  KEYSTORE_PUBKEY_MISMATCH: {
    summary: 'the keystore names another public key than its secret belongs to',
    hint: 'The file was edited, renamed or mixed up. Do not mend the name by hand: export the key again from its source.',
    exit: 3,
  },
  KEYSTORES_NOT_FOUND: {
    summary: 'no keystore was found',
    hint: 'Give the path of a keystore, or of a folder with keystore-*.json files, such as validator_keys of the deposit tool.',
    exit: 2,
  },
  KEY_FILE_MISSING: {
    summary: 'the file does not exist',
    hint: 'Check the path and the user that Vigil runs as.',
    exit: 2,
  },
  KEY_FILE_UNREADABLE: {
    summary: 'the file cannot be read',
    hint: 'Check its permissions, the user that Vigil runs as, and the disk.',
  },
  KEY_FILE_UNWRITABLE: {
    summary: 'the file cannot be written',
    hint: 'Check free space, the permissions of the data directory, and the user that Vigil runs as.',
  },
  KEY_FILE_TOO_LARGE: {
    summary: 'the file is too large to be what it should be',
    hint: 'A keystore has about 1 kB. Check that the path names the right file.',
  },
  KEY_FILE_EXPOSED: {
    summary: 'a private file is open to other users of this machine',
    hint: 'Find out who could have read it; then `chmod 600 FILE` (and `chmod 700` on its folder) and start again.',
    exit: 3,
  },
  KEY_PASSWORD_MISSING: {
    summary: 'the password of a stored keystore is missing',
    hint: 'Put the file back from the backup of the secrets folder with mode 600, or delete the key and import it again.',
  },
  KEYS_VANISHED: {
    summary:
      'no keystore is there any more, where there were some: the keys are silent until their files are back',
    hint: 'If the volume of the keys folder is not mounted: mount it and reload, or restart the signer, which is faster with many keys. If the keys have moved away for good: `vigil keys remove`, which needs neither their keystores nor a stop of the signer, says so for ever and ends this state.',
  },
  KEY_SETTINGS_INVALID: {
    summary: 'the settings of a key cannot be read',
    hint: 'Put the file back from a backup, or remove it and set fee recipient and gas limit of the key again (docs/keymanager.md). Without the file the key signs without these limits.',
    exit: 3,
  },
  KEY_CACHE_REFUSED: {
    summary: 'the key cache is not used: the keystores are opened one by one and a new cache is made',
    hint: 'The reason is in the log. Nothing to do after a move, a restore or a change of passwords; otherwise find out who changed the file.',
  },
  KEY_LOAD_FAILED: {
    summary: 'the key could not be loaded',
    hint: 'This is not expected: see the cause in the log.',
  },
} as const;

export const keyError = errorFactory(KEY_ERRORS);
