import { Command } from 'commander';
import { explainParticipant, readManifest } from '../../../monitor/splits/index.ts';
import { examples } from '../../options/examples.ts';
import { rewardsOutput } from '../../options/rewards-options.ts';

export function rewardsExplainCommand(): Command {
  return new Command('explain')
    .description('show line by line where the payout of one participant comes from')
    .argument('<PARTICIPANT>', 'id of the participant')
    .requiredOption('--manifest <FILE>', 'manifest.json of the split, with the other files beside it')
    .addHelpText('after', examples('vigil rewards explain alice --manifest rewards-2026-10/manifest.json'))
    .action((participant: string, options: { manifest: string }, command: Command) => {
      const lines = explainParticipant(readManifest(options.manifest), participant);
      rewardsOutput(command).result({ participant, lines }, lines);
    });
}
