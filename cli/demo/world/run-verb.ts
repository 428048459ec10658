import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cliError } from '../../cli-errors.ts';

/** This very command line, as an operator would call it. */
export const entryPoint = (): string => process.argv[1] ?? '';

/** Runs one verb to its end. @throws DEMO_WENT_WRONG unless it ends well */
export async function runVerb(args: readonly string[], signal?: AbortSignal): Promise<string> {
  const child = spawn(process.execPath, [entryPoint(), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(signal === undefined ? {} : { signal }),
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await once(child, 'close').then(
    ([ended]) => ended as number | null,
    (error: unknown) => {
      if (signal?.aborted === true) return null;
      throw error;
    },
  );
  if (code !== 0)
    throw cliError('DEMO_WENT_WRONG', `vigil ${args.join(' ')} ended with exit code ${String(code)}`);
  return output;
}
