import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { installSystemdCommand } from './systemd.ts';

export const installCommand = (): Command =>
  noun('install', 'make Vigil a service of this machine', [installSystemdCommand()]);
