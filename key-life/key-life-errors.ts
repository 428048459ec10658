import { errorFactory } from '../core/errors.ts';

/** Errors of `key-life/`: mnemonics, derivation, deposits, exits. No message quotes a word, a password or a secret. */
export const KEY_LIFE_ERRORS = {
  MNEMONIC_INVALID: {
    summary: 'the mnemonic is not one of BIP-39',
    hint: 'Compare it word by word with what you wrote down: a missing word, two in the wrong order, one misread. If it is in another language than it looks, say --language.',
    exit: 2,
  },
  MNEMONIC_NOT_CONFIRMED: {
    summary: 'the mnemonic was not typed again as it was shown',
    hint: 'Nothing was made and the mnemonic is forgotten. Start again, and take the time to write it down.',
  },
  KEY_INDEX_INVALID: {
    summary: 'there is no key with this index',
    hint: 'Indices go from 0 to 4294967295; the first key of a mnemonic has index 0.',
    exit: 2,
  },
  WITHDRAWAL_ADDRESS_INVALID: {
    summary: 'the withdrawal address cannot be used',
    hint: 'Copy the address again from the wallet that holds its key, with the upper and lower case that is its checksum. What is paid to a wrong address is lost.',
    exit: 2,
  },
  DEPOSIT_AMOUNT_INVALID: {
    summary: 'this amount cannot be deposited',
    hint: 'From 1 to 32, or to 2048 with --compounding, in whole gwei: for example 32 or 33.5.',
    exit: 2,
  },
  DEPOSIT_FILE_INVALID: {
    summary: 'the file is not a list of deposits as the launchpad takes it',
    hint: 'Give a deposit_data-*.json file. Do not mend it by hand: make it again.',
    exit: 2,
  },
  DEPOSIT_WRONG: {
    summary: 'a deposit is not what it says it is',
    hint: 'Do not send it: what is deposited wrongly is lost or belongs to somebody else. Make the file again from the mnemonic.',
    exit: 3,
  },
  KEYSTORE_WRONG: {
    summary: 'not every keystore is what it should be',
    hint: 'See the lines above. If it is KEYSTORE_WRONG_PASSWORD everywhere, the password is another one: nothing is wrong with the files. Otherwise make those keystores again from the mnemonic before any deposit for them is sent.',
    exit: 3,
  },
  PREPARATION_INVALID: {
    summary: 'the file is not what `vigil exit prepare` or `vigil credentials prepare` writes',
    hint: 'Prepare it again with a beacon node, and carry it over as it is.',
    exit: 2,
  },
  PREPARATION_OTHER_NETWORK: {
    summary: 'the prepared file is of another network',
    hint: 'Compare --network here with the one it was prepared with. A message that is signed for the wrong network is of no use on the right one.',
    exit: 3,
  },
  OPERATIONS_INVALID: {
    summary: 'the file does not hold signed operations of this kind',
    hint: 'Give the file that `vigil exit sign` or `vigil credentials set` wrote.',
    exit: 2,
  },
  OPERATION_REFUSED: {
    summary: 'the chain would not take it, or it is not what it seems',
    hint: 'Nothing was sent. See what is said above; prepare and sign again when it can be done.',
    exit: 3,
  },
  KEY_NOT_FOUND: {
    summary: 'none of the keys at hand is the one that is needed',
    hint: 'Check the mnemonic and its passphrase, --start-index and --count, or the folder of the keystores.',
  },
} as const;

export const keyLifeError = errorFactory(KEY_LIFE_ERRORS);
