import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { keysFreezeCommand } from './freeze.ts';
import { keysHandoverCommand } from './handover.ts';
import { keysImportCommand } from './import.ts';
import { keysListCommand } from './list.ts';
import { keysNewCommand } from './new.ts';
import { keysOverrideFloorCommand } from './override-floor.ts';
import { keysReloadCommand } from './reload.ts';
import { keysRemoveCommand } from './remove.ts';
import { keysTakeoverCommand } from './takeover.ts';
import { keysUnfreezeCommand } from './unfreeze.ts';
import { keysVerifyCommand } from './verify.ts';

export const keysCommand = (): Command =>
  noun('keys', 'keystores of this signer', [
    keysNewCommand(),
    keysVerifyCommand(),
    keysImportCommand(),
    keysListCommand(),
    keysRemoveCommand(),
    keysReloadCommand(),
    keysFreezeCommand(),
    keysUnfreezeCommand(),
    keysHandoverCommand(),
    keysTakeoverCommand(),
    keysOverrideFloorCommand(),
  ]);
