import { Command } from 'commander';
import { forkAtEpoch } from '../../../core/chain/chain-spec.ts';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import { SETTING_NAMES, type SettingName, type Settings } from '../../../core/config/settings.ts';
import { chainSpecOf, commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { formatTable } from '../../format-table.ts';

export function configCheckCommand(): Command {
  return new Command('check')
    .description('print the configuration in force, where each value comes from, and the network it names')
    .addHelpText('after', examples('vigil config check --data-dir /var/lib/vigil'))
    .action(async (_options, command: Command) => {
      const context = commandContext(command);
      const { settings, sources, file, output } = context;
      const spec = await chainSpecOf(context);
      const clock = new SlotClock(spec, Date.now);
      const fork = forkAtEpoch(spec, clock.currentEpoch());
      const shown = SETTING_NAMES.map((name) => ({
        name,
        value: display(name, settings),
        source: sources[name],
      }));
      const network = {
        name: spec.name,
        preset: spec.presetBase,
        genesisValidatorsRoot: spec.genesisValidatorsRoot,
        genesisTime: spec.genesisTimeSeconds,
        slotDurationMs: spec.slotDurationMs,
        slotsPerEpoch: spec.slotsPerEpoch,
        currentSlot: clock.currentSlot(),
        currentEpoch: clock.currentEpoch(),
        currentFork: fork.name,
      };
      output.result({ file, settings: shown, network }, [
        `configuration file: ${file ?? 'none'}`,
        '',
        ...formatTable(
          ['setting', 'value', 'from'],
          shown.map(({ name, value, source }) => [name, value, source]),
        ),
        '',
        ...formatTable(
          ['network', ''],
          Object.entries(network).map(([name, value]) => [name, value.toString()]),
        ),
      ]);
    });
}

/** As text, with the credentials of URLs taken out. */
function display(name: SettingName, settings: Settings): string {
  const value = settings[name];
  if (value === null) return '-';
  if (Array.isArray(value)) return value.map((url: string) => redacted(url)).join(', ') || '-';
  return String(value);
}

function redacted(url: string): string {
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '') parsed.username = parsed.password = 'redacted';
  return parsed.href;
}
