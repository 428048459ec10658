import type { Target } from './attacks/attack.ts';
import { ATTACKS, type AttackName } from './attacks/index.ts';

/** What the process is asked, one order at a time. */
export interface Order {
  readonly attack: AttackName;
  readonly target: Target;
  readonly options: Readonly<Record<string, number>>;
}

process.on('message', (order: Order) => {
  ATTACKS[order.attack](order.target, order.options).then(
    (findings) => process.send?.({ findings }),
    (error: unknown) => process.send?.({ failure: error instanceof Error ? error.stack : String(error) }),
  );
});
