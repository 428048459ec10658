import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { alertsInstallCommand } from './install.ts';
import { alertsTestCommand } from './test.ts';

export const alertsCommand = (): Command =>
  noun('alerts', 'alert rules for Prometheus', [alertsInstallCommand(), alertsTestCommand()]);
