import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { prepareCommand } from '../../operations/prepare-command.ts';
import { credentialsBroadcastCommand } from './broadcast.ts';
import { credentialsSetCommand } from './set.ts';

export const credentialsCommand = (): Command =>
  noun('credentials', 'where withdrawals of validators go', [
    prepareCommand('credentials'),
    credentialsSetCommand(),
    credentialsBroadcastCommand(),
  ]);
