import { cliError } from './cli-errors.ts';

/** The line of Node.js that Vigil is tested with; `vigil.js` takes the very version that is pinned. */
const MAJOR = '24';

/**
 * The launcher chose the runtime; whoever comes past it finds out here, before a native module is loaded that
 * would crash another one. @throws WRONG_RUNTIME
 */
export function requireRuntime(version: string): void {
  if (version.split('.')[0] !== MAJOR)
    throw cliError('WRONG_RUNTIME', `vigil needs Node.js ${MAJOR}; this is v${version}`);
}
