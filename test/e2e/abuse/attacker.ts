import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order } from './attacker-main.ts';
import type { Findings, Target } from './attacks/attack.ts';
import type { ATTACKS, AttackName } from './attacks/index.ts';

interface Report {
  readonly findings?: Findings;
  readonly failure?: string;
}

/** Attacks from a process of its own, so that it does not starve the honest client beside it. */
export class Attacker {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('./attacker-main.ts', import.meta.url)));
  readonly #ended = once(this.#child, 'exit');
  #answer = Promise.withResolvers<Report>();

  constructor() {
    this.#child.on('message', (report: Report) => this.#answer.resolve(report));
    this.#child.on('exit', () => this.#answer.resolve({ failure: 'the attacker died' }));
  }

  /** One at a time. */
  async attack<const Name extends AttackName>(
    attack: Name,
    target: Target,
    options: Readonly<Record<string, number>>,
  ): Promise<Awaited<ReturnType<(typeof ATTACKS)[Name]>>> {
    this.#answer = Promise.withResolvers();
    this.#child.send({ attack, target, options } satisfies Order);
    const { findings, failure } = await this.#answer.promise;
    if (findings === undefined) throw new Error(`the attack failed: ${failure ?? ''}`);
    return findings as Awaited<ReturnType<(typeof ATTACKS)[Name]>>;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
