import { z } from 'zod';
import type { NodeAddress } from '../../beacon/index.ts';
import { cliError } from '../cli-errors.ts';
import { askMonitor } from './call-monitor.ts';

const uint = z
  .string()
  .regex(/^(0|[1-9]\d*)$/)
  .transform(BigInt);
const votes = z.object({ due: z.number(), missed: z.number() });

const statusAnswer = z.object({
  version: z.string(),
  network: z.string(),
  nowMs: z.number(),
  healthy: z.boolean(),
  problems: z.array(z.object({ reason: z.string(), message: z.string() })),
  ages: z.object({ finalEpochs: uint.nullable() }),
  clock: z.object({ slot: uint, epoch: uint }),
  head: z.object({ slot: uint, ageSlots: uint }).nullable(),
  finalizedEpoch: uint.nullable(),
  lastFinalEpoch: uint.nullable(),
  gapEpochs: z.number(),
  watched: z.number(),
  pending: z.object({ count: z.number() }),
  watchProblems: z.array(z.string()),
  nodes: z.array(
    z.object({
      name: z.string(),
      doubt: z.string().nullable(),
      headSlot: uint.nullable(),
      selected: z.boolean(),
    }),
  ),
  tasks: z.array(z.object({ task: z.string(), lastSuccessMs: z.number().nullable(), errors: z.number() })),
  reorgs: z.number(),
});

const overviewAnswer = z.object({
  head: z.object({ epoch: uint, network: votes.nullable() }).nullable(),
  recent: z.object({ network: votes.nullable() }),
  groups: z.array(
    z.object({
      group: z.string(),
      validators: z.number(),
      active: z.number().nullable(),
      slashed: z.number().nullable(),
      balanceGwei: uint.nullable(),
      head: votes.nullable(),
      recent: votes,
      effectiveness: z.number().nullable(),
      comparison: z.enum(['well', 'ours', 'everybody', 'unknown']),
      missingInRow: z.number().nullable(),
      syncCurrent: z.number().nullable(),
      syncNext: z.number().nullable(),
    }),
  ),
  worst: z.array(
    z.object({
      validatorIndex: z.number(),
      pubkey: z.string(),
      group: z.string(),
      missedInRow: z.number().nullable(),
      recent: votes,
    }),
  ),
  upcoming: z.array(
    z.object({ validatorIndex: z.number(), group: z.string(), slot: uint, inSeconds: z.number() }),
  ),
});

const foreignAnswer = z.object({
  rows: z.array(z.object({ validatorIndex: z.number(), kind: z.string(), slot: uint, action: z.string() })),
  next: z.string().nullable(),
});

export type MonitorStatus = z.infer<typeof statusAnswer>;
export type MonitorOverview = z.infer<typeof overviewAnswer>;
export type ForeignMessages = z.infer<typeof foreignAnswer>;

/** What `vigil monitor status` shows, and the same as the monitor said it. */
export interface MonitorAnswers {
  readonly status: MonitorStatus;
  readonly overview: MonitorOverview;
  readonly foreign: ForeignMessages;
  readonly raw: Readonly<Record<'status' | 'overview' | 'foreignMessages', unknown>>;
}

/** @throws MONITOR_NOT_REACHED */
export async function askForStatus(address: NodeAddress): Promise<MonitorAnswers> {
  const [status, overview, foreignMessages] = await Promise.all([
    askMonitor(address, '/api/v1/status'),
    askMonitor(address, '/api/v1/overview'),
    askMonitor(address, '/api/v1/foreign-messages?limit=5'),
  ]);
  return {
    status: read(statusAnswer, status, address),
    overview: read(overviewAnswer, overview, address),
    foreign: read(foreignAnswer, foreignMessages, address),
    raw: { status, overview, foreignMessages },
  };
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
  address: NodeAddress,
): z.infer<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`;
  throw cliError('MONITOR_NOT_REACHED', `${address.name} is no monitor of this version (${where})`);
}
