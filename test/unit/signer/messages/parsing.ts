import type { ForkName } from '../../../../core/chain/fork.ts';
import type { VigilError } from '../../../../core/errors.ts';
import type { JsonValue } from '../../../../core/json/parse-strict-json.ts';
import { clockIn, spec } from './successive-forks.ts';

// After the chain spec, whose preset the SSZ types take when they are loaded.
const { parseSignRequest } = await import('../../../../signer/messages/index.ts');

export const parse = (body: JsonValue, now: ForkName = 'heze') =>
  parseSignRequest(body, { spec, clock: clockIn(now) });

/** The error of a request that must be refused. */
export function refusal(body: JsonValue, now: ForkName = 'heze'): Pick<VigilError, 'code' | 'message'> {
  try {
    parse(body, now);
  } catch (error) {
    const { code, message } = error as VigilError;
    return { code, message };
  }
  throw new Error('the request was accepted');
}
