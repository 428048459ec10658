import { isVigilError } from '../../core/errors.ts';
import { cliError } from '../cli-errors.ts';
import type { Output } from '../output/output.ts';

interface Sent {
  readonly validator: string;
  readonly status: 'sent' | 'failed' | 'skipped';
  readonly message: string;
}

/**
 * Sends operations one by one; one that fails stops none of the others.
 * @param done those that the chain has followed already, and in what words: they are not sent again
 * @throws NOT_ALL_SENT
 */
export async function sendEach<Operation extends { readonly message: { readonly validator_index: string } }>(
  operations: readonly Operation[],
  send: (operation: Operation) => Promise<unknown>,
  output: Output,
  done: ReadonlyMap<Operation, string>,
): Promise<void> {
  const results: Sent[] = [];
  for (const operation of operations) {
    const validator = operation.message.validator_index;
    const message = done.get(operation);
    if (message !== undefined) {
      results.push({ validator, status: 'skipped', message });
      continue;
    }
    try {
      await send(operation);
      results.push({ validator, status: 'sent', message: '' });
    } catch (error) {
      if (!isVigilError(error)) throw error;
      results.push({ validator, status: 'failed', message: `${error.code}: ${error.message}` });
    }
  }
  output.table(
    results,
    ['validator', 'status', 'message'],
    results.map(({ validator, status, message }) => [validator, status, message]),
  );
  const failed = results.filter(({ status }) => status === 'failed').length;
  if (failed > 0) throw cliError('NOT_ALL_SENT', `${failed} of ${results.length} were not sent`);
}
