import { Command } from 'commander';
import { examples } from '../examples.ts';

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'see the signer work: real keys, real duties, and four attempts to get something slashable signed',
    )
    .addHelpText('after', examples('vigil demo'))
    .action(async (_options, command: Command) => {
      const { runDemo } = await import('../demo/run-demo.ts');
      await runDemo(command.optsWithGlobals<{ json?: true }>().json === true);
    });
}
