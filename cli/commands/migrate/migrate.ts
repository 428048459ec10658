import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { migrateWeb3signerCommand } from './web3signer.ts';

export const migrateCommand = (): Command =>
  noun('migrate', 'move here from another signer', [migrateWeb3signerCommand()]);
