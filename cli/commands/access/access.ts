import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { accessTokenCommand } from './token.ts';

export const accessCommand = (): Command => noun('access', 'credentials of clients', [accessTokenCommand()]);
