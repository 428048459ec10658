import { isVigilError } from '../../core/errors.ts';
import { cliError } from '../cli-errors.ts';
import type { Output } from '../output/output.ts';
import { stopSignal } from '../stop-signal.ts';

interface Outcome {
  /** `unknown`: a signal came while it was being sent; `not-sent`: one came before. */
  readonly status: 'sent' | 'failed' | 'skipped' | 'unknown' | 'not-sent';
  readonly message: string;
}

interface Sent extends Outcome {
  readonly validator: string;
}

const STATUS_WIDTH = 'not-sent'.length;

/**
 * Sends operations one by one and tells of each as it is done; one that fails stops none of the others. A signal does: what
 * was sent cannot be taken back, so that the account of all is given then too.
 * @param send gives up when the signal is aborted
 * @param done those that the chain has followed already, and in what words: they are not sent again
 * @throws NOT_ALL_SENT
 */
export async function sendEach<Operation extends { readonly message: { readonly validator_index: string } }>(
  operations: readonly Operation[],
  send: (operation: Operation, signal: AbortSignal) => Promise<unknown>,
  output: Output,
  done: ReadonlyMap<Operation, string>,
): Promise<void> {
  const { signal } = stopSignal();
  const width = Math.max(...operations.map(({ message }) => message.validator_index.length));
  const results: Sent[] = [];
  for (const operation of operations) {
    const validator = operation.message.validator_index;
    const followed = done.get(operation);
    let outcome: Outcome = { status: 'not-sent', message: '' };
    if (followed !== undefined) outcome = { status: 'skipped', message: followed };
    else if (!signal.aborted) outcome = await sendOne(() => send(operation, signal), signal);
    results.push({ validator, ...outcome });
    output.part(
      `${validator.padEnd(width)}  ${outcome.status.padEnd(STATUS_WIDTH)}  ${outcome.message}`.trimEnd(),
    );
  }
  output.result(results, []);
  const left = results.filter(({ status }) => status !== 'sent' && status !== 'skipped').length;
  if (left > 0)
    throw cliError('NOT_ALL_SENT', `${left} of ${results.length} were not sent, for all that is known`);
}

async function sendOne(send: () => Promise<unknown>, signal: AbortSignal): Promise<Outcome> {
  try {
    await send();
    return { status: 'sent', message: '' };
  } catch (error) {
    if (signal.aborted) return { status: 'unknown', message: 'ended while it was being sent' };
    if (!isVigilError(error)) throw error;
    return { status: 'failed', message: `${error.code}: ${error.message}` };
  }
}
