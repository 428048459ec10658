import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { slashingDbAcceptClockCommand } from './accept-clock.ts';
import { slashingDbAcceptRollbackCommand } from './accept-rollback.ts';
import { slashingDbBackupCommand } from './backup.ts';
import { slashingDbCopyCommand } from './copy.ts';
import { slashingDbExportCommand } from './export.ts';
import { slashingDbImportCommand } from './import.ts';
import { slashingDbMigrateCommand } from './migrate.ts';
import { slashingDbStatusCommand } from './status.ts';
import { slashingDbVerifyCommand } from './verify.ts';

export const slashingDbCommand = (): Command =>
  noun('slashing-db', 'slashing-protection database', [
    slashingDbImportCommand(),
    slashingDbBackupCommand(),
    slashingDbExportCommand(),
    slashingDbStatusCommand(),
    slashingDbVerifyCommand(),
    slashingDbMigrateCommand(),
    slashingDbCopyCommand(),
    slashingDbAcceptRollbackCommand(),
    slashingDbAcceptClockCommand(),
  ]);
