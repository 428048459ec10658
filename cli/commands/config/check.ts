import { Command } from 'commander';
import { forkAtEpoch } from '../../../core/chain/chain-spec.ts';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import { metricsPort } from '../../../core/config/metrics-port.ts';
import { SETTING_NAMES, type SettingName, type Settings } from '../../../core/config/settings.ts';
import { signerDoors } from '../../../monitor/foreign/index.ts';
import { checkWatchList, watchListOptions } from '../../../monitor/watched/index.ts';
import { loadPolicy } from '../../../signer/policy/policy-store.ts';
import { checkFrontDoor, type FrontDoorReport } from '../../../signer/access/front-door.ts';
import { chainSpecOf, commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { frontDoorOptions } from '../../options/front-door-options.ts';
import { MONITOR_FLAGS, settingOption, SIGNER_SETTINGS } from '../../options/global-options.ts';
import { formatTable } from '../../output/format-table.ts';

export function configCheckCommand(): Command {
  const command = new Command('check')
    .description('print the configuration in force, where each value comes from, and the network it names')
    .addHelpText('after', examples('vigil config check --data-dir /var/lib/vigil'));
  for (const name of [...SIGNER_SETTINGS, ...MONITOR_FLAGS]) command.addOption(settingOption(name));
  return command.action(async (_options, self: Command) => {
    const context = commandContext(self);
    const { settings, sources, file, output } = context;
    const door = describeDoor(await checkFrontDoor(frontDoorOptions(settings).frontDoor));
    const spec = await chainSpecOf(context);
    // Read for its errors: a signer with a broken policy does not start.
    loadPolicy({ file: settings['policy-file'], allow: settings.allow });
    // And a monitor that does not know whom to watch or ask.
    checkWatchList(watchListOptions(settings));
    signerDoors(settings);
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
    output.result({ file, settings: shown, network, ...door }, [
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
      ...(door.access === null
        ? []
        : ['', `access: ${door.access.clients} clients, ${door.access.rules} rules`]),
      ...(door.tls === null ? [] : ['', `TLS: the certificate is valid until ${door.tls.expires}`]),
    ]);
  });
}

function describeDoor({ policy, tls }: FrontDoorReport) {
  return {
    access: policy === null ? null : { clients: policy.clients.length, rules: policy.rules.length },
    tls: tls === null ? null : { expires: new Date(tls.expiry * 1000).toISOString() },
  };
}

/** As text, with the credentials of URLs taken out. */
function display(name: SettingName, settings: Settings): string {
  const value = name === 'metrics-port' ? metricsPort(settings) : settings[name];
  if (value === null) return '-';
  if (name === 'beacon-node') return settings[name].map(redacted).join(', ') || '-';
  // Hosted nodes put their keys into the path.
  if (name === 'execution-node' || name === 'relay' || name === 'signer-url') {
    return settings[name].map((url) => new URL(url).origin).join(', ') || '-';
  }
  if (Array.isArray(value)) return value.join(', ') || '-';
  return String(value);
}

function redacted(url: string): string {
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '') parsed.username = parsed.password = 'redacted';
  return parsed.href;
}
