import { Command } from 'commander';
import { describePool, readPoolFile } from '../../../monitor/splits/index.ts';
import { examples } from '../../options/examples.ts';
import { poolFile, rewardsOutput } from '../../options/rewards-options.ts';

export function rewardsCheckCommand(): Command {
  return new Command('check')
    .description('check the configuration of a pool and say in words what it means')
    .option('--config <FILE>', 'configuration of the pool')
    .addHelpText('after', examples('vigil rewards check --config pool.yaml'))
    .action((_options, command: Command) => {
      const { pool, hash } = readPoolFile(poolFile(command));
      const lines = describePool(pool);
      rewardsOutput(command).result({ pool: pool.name, configHash: hash, lines }, lines);
    });
}
