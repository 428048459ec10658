import { sourceError } from './source-errors.ts';

/**
 * What a vendor's library is used for here. The libraries are no dependencies of Vigil: each is loaded when a source that
 * is configured asks for it, so that who has none of these sources has none of their code in the process of his keys.
 */
export type LoadPackage = (name: string) => Promise<unknown>;

export const importPackage: LoadPackage = (name) => import(name);

/** @throws KEY_SOURCE_SDK_MISSING, naming the package to install */
export async function loadSdk(load: LoadPackage, source: string, name: string): Promise<unknown> {
  return load(name).catch((error: unknown) => {
    throw sourceError('KEY_SOURCE_SDK_MISSING', `${source} needs the package ${name}`, error);
  });
}

/** Makes it once, and anew as long as making it fails. */
export function onceMade<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | null = null;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    }));
}

export interface CallBounds {
  /** For messages. */
  readonly label: string;
  /** For this call, with all that the library tries again by itself. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * One call of a library, for no longer than it may take: some of them wait for minutes, and not all can be told to stop.
 * @param call gets a signal for those that can
 * @throws KEY_SOURCE_UNREACHABLE when time is up; what the call throws; the reason of `signal`
 */
export async function inTime<Answer>(
  { label, timeoutMs, signal }: CallBounds,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([timeout, signal]);
  either.throwIfAborted();
  const { promise: cut, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(either.reason as Error);
  either.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([call(either), cut]);
  } catch (error) {
    if (!timeout.aborted || signal.aborted) throw error;
    throw sourceError('KEY_SOURCE_UNREACHABLE', `${label}: no whole answer within ${timeoutMs} ms`, error);
  } finally {
    either.removeEventListener('abort', stop);
  }
}
