import { stringify } from 'yaml';
import { SETTINGS } from '../../../core/config/settings.ts';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import type { CommandContext } from '../../command-context.ts';
import { networkValues } from '../../options/network-values.ts';
import type { OptionMap } from './option-map.ts';

/** The vigil.yaml that says what Web3Signer's configuration said. */
export function outConfigText({ settings }: OptionMap, context: CommandContext, spec: ChainSpec): string {
  const mapped = [...settings]
    .filter(([name]) => name !== 'network')
    .map(([name, values]) => [name, SETTINGS[name].list === true ? [...values] : values[0]]);
  const values = {
    ...networkValues(context, spec),
    ...(Object.fromEntries(mapped) as Record<string, unknown>),
  };
  return (
    '# Configuration of Vigil, made from one of Web3Signer. Flags and VIGIL_* environment variables go before it;\n' +
    `# see docs/config.md.\n${stringify(values)}`
  );
}
