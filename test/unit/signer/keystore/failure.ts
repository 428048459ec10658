import { isVigilError, type VigilError } from '../../../../core/errors.ts';

/** The typed error that `act` throws or rejects with; a test fails when there is none or it is another kind. */
export async function failureOf(act: () => unknown): Promise<VigilError> {
  try {
    await act();
  } catch (error) {
    if (isVigilError(error)) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
