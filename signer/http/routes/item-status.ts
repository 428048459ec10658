import { isVigilError } from '../../../core/errors.ts';

/** What the keymanager API answers for each item of a request. */
export interface ItemStatus {
  readonly status: string;
  readonly message: string;
}

/** The message of Vigil's own errors; anything else is a fault of ours and goes up. */
export async function failureOf(act: () => Promise<unknown>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    if (isVigilError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}
