import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { configCheckCommand } from './check.ts';
import { configExplainCommand } from './explain.ts';

export const configCommand = (): Command =>
  noun('config', 'configuration', [configCheckCommand(), configExplainCommand()]);
