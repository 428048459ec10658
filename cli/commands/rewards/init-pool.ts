import { Command, Option } from 'commander';
import { existsSync } from 'node:fs';
import { examplePool, PRESETS, type PresetName } from '../../../monitor/splits/index.ts';
import { cliError } from '../../cli-errors.ts';
import { examples } from '../../options/examples.ts';
import { rewardsOutput } from '../../options/rewards-options.ts';
import { writeOutFile } from '../../output/write-out-file.ts';

export function rewardsInitPoolCommand(): Command {
  return new Command('init-pool')
    .description('write a commented example of the configuration of a pool')
    .option('--out <FILE>', 'file to write; it must not exist yet', 'pool.yaml')
    .addOption(new Option('--preset <NAME>', 'rules of a known system').choices([...PRESETS]))
    .addHelpText(
      'after',
      examples('vigil rewards init-pool', 'vigil rewards init-pool --preset lido-csm --out csm.yaml'),
    )
    .action((options: { out: string; preset?: PresetName }, command: Command) => {
      if (existsSync(options.out)) throw cliError('FILE_EXISTS', `${options.out} is there already`);
      writeOutFile(options.out, examplePool(options.preset ?? null));
      rewardsOutput(command).result({ out: options.out }, [
        `${options.out} is written; its people are made up. Then: vigil rewards check --config ${options.out}`,
      ]);
    });
}
