import { VigilError, type ErrorEntry } from '../../core/errors.ts';
import { BEACON_ERRORS } from '../errors.ts';

/** Every way in which one exchange with a node can fail; the `kind` label of the failure metric. */
export const FAILURE_KINDS = [
  'network',
  'timeout',
  'busy',
  'server',
  'not-found',
  'refused',
  'invalid',
  'too-large',
  'optimistic',
] as const;

export type FailureKind = (typeof FAILURE_KINDS)[number];

const CODES = {
  'network': 'BEACON_UNREACHABLE',
  'timeout': 'BEACON_UNREACHABLE',
  'busy': 'BEACON_UNREACHABLE',
  'server': 'BEACON_UNREACHABLE',
  'not-found': 'BEACON_NOT_FOUND',
  'refused': 'BEACON_REFUSED',
  'invalid': 'BEACON_BAD_ANSWER',
  'too-large': 'BEACON_BAD_ANSWER',
  'optimistic': 'BEACON_NO_TRUTH',
} as const satisfies Record<FailureKind, keyof typeof BEACON_ERRORS>;

/** A call to one node that gave nothing; the message names the node and the path, never its credentials. */
export class BeaconFailure extends VigilError {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    const code = CODES[kind];
    const { hint, exit }: ErrorEntry = BEACON_ERRORS[code];
    super(code, message, hint, exit ?? 1, cause);
    this.kind = kind;
  }
}

/**
 * What a status says. 500 is no passing trouble: clients answer it for states they do not keep and for questions they
 * cannot compute, so the same node is not asked again, another one is.
 */
export function kindOfStatus(status: number): FailureKind {
  if (status === 404) return 'not-found';
  if (status === 429 || status === 502 || status === 503 || status === 504) return 'busy';
  return status >= 500 ? 'server' : 'refused';
}
