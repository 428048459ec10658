import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { auditExportCommand } from './export.ts';
import { auditShowCommand } from './show.ts';
import { auditVerifyCommand } from './verify.ts';

export const auditCommand = (): Command =>
  noun('audit', 'history of everything signed, refused and done', [
    auditVerifyCommand(),
    auditShowCommand(),
    auditExportCommand(),
  ]);
