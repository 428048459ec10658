import { readBoundedFile } from '../../signer/keystore/read-bounded-file.ts';

/** A validator of a preparation takes 360 bytes, so that 100,000 of them, and all else on the way, have room. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A file that these verbs hand from one to the next. @throws KEY_FILE_MISSING, KEY_FILE_UNREADABLE, KEY_FILE_TOO_LARGE */
export const readOperations = (file: string): Promise<Uint8Array> => readBoundedFile(file, MAX_BYTES);
