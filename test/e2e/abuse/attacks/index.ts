import type { Attack } from './attack.ts';
import { churn, halfClosed } from './churn.ts';
import { compressed } from './compressed.ts';
import { headerFloods } from './header-floods.ts';
import { idle } from './idle.ts';
import { oversized, unfinished } from './large-bodies.ts';
import { handshakes, malformed } from './malformed.ts';
import { neverReading, pipelining } from './pipelining.ts';
import { slow } from './slow.ts';

export const ATTACKS = {
  churn,
  halfClosed,
  compressed,
  headerFloods,
  idle,
  oversized,
  unfinished,
  handshakes,
  malformed,
  neverReading,
  pipelining,
  slow,
} satisfies Record<string, Attack>;

export type AttackName = keyof typeof ATTACKS;
