import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { prepareCommand } from '../../operations/prepare-command.ts';
import { exitBroadcastCommand } from './broadcast.ts';
import { exitSignCommand } from './sign.ts';
import { exitTransactionCommand } from './transaction.ts';

export const exitCommand = (): Command =>
  noun('exit', 'take validators out', [
    prepareCommand('exit'),
    exitSignCommand(),
    exitBroadcastCommand(),
    exitTransactionCommand(),
  ]);
