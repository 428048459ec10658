import { Command } from 'commander';
import { examples } from '../options/examples.ts';
import { Output } from '../output/output.ts';
import { stopSignal } from '../stop-signal.ts';

interface Options {
  readonly signerOnly?: true;
  readonly keep?: true;
  readonly json?: true;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'see all of it work in a minute: a simulated chain, the signer, the monitor, and a twin with one of the keys that is caught',
    )
    .option(
      '--signer-only',
      'only the signer: honest duties, then attempts to get something slashable signed',
    )
    .option('--keep', 'leave chain, signer and monitor running at the end, until Ctrl-C')
    .addHelpText('after', examples('vigil demo', 'vigil demo --keep', 'vigil demo --signer-only'))
    .action(async (_options, command: Command) => {
      const { signerOnly, keep, json } = command.optsWithGlobals<Options>();
      const output = new Output(json === true);
      const { signal } = stopSignal();
      if (signerOnly === true) {
        const { playAttempts } = await import('../demo/attempts/play-attempts.ts');
        await playAttempts(output, signal);
      } else {
        const { runDemo } = await import('../demo/run-demo.ts');
        await runDemo({ output, keep: keep === true, signal });
      }
    });
}
