import type { Command } from 'commander';
import { noun } from '../../noun.ts';
import { rewardsCheckCommand } from './check.ts';
import { rewardsExplainCommand } from './explain.ts';
import { rewardsExportLedgerCommand } from './export-ledger.ts';
import { rewardsInitPoolCommand } from './init-pool.ts';
import { rewardsReportCommand } from './report.ts';
import { rewardsSplitCommand } from './split.ts';
import { rewardsVerifyCommand } from './verify.ts';

export const rewardsCommand = (): Command =>
  noun('rewards', 'report staking rewards, and split them among the participants of a pool', [
    rewardsInitPoolCommand(),
    rewardsCheckCommand(),
    rewardsSplitCommand(),
    rewardsVerifyCommand(),
    rewardsExplainCommand(),
    rewardsReportCommand(),
    rewardsExportLedgerCommand(),
  ]);
