import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { depositVerifyCommand } from './verify.ts';

export const depositCommand = (): Command =>
  noun('deposit', 'deposits for the launchpad', [depositVerifyCommand()]);
