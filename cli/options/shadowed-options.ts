import { Help, type Command, type Option } from 'commander';

/** A verb may give a global option a meaning of its own; its help then must not explain the other one too. */
export function unshadowedGlobalOptions(command: Command): Option[] {
  const help = new Help();
  help.showGlobalOptions = true;
  const own = new Set(command.options.map(({ long }) => long));
  return help.visibleGlobalOptions(command).filter(({ long }) => !own.has(long));
}
