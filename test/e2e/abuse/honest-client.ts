import { EventEmitter, once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { DutyBodies } from '../../../cli/demo/attempts/duty-bodies.ts';

export interface HonestAnswer {
  /** 200, another status, or what went wrong. */
  readonly outcome: number | string;
  readonly ms: number;
}

/** A validator client has work a few times in a slot, not in a loop without breath. */
const PAUSE_MS = 5;

/** Signs one attestation of one key after another, each for the epoch after the one before. */
export class HonestClient {
  readonly answers: HonestAnswer[] = [];
  readonly #events = new EventEmitter();
  readonly #agent: Agent;
  readonly #url: URL;
  readonly #nextBody: () => string;
  #stopped = false;
  readonly #done: Promise<void>;

  /** @param keepAlive one connection for everything, or a new one for each request */
  constructor(url: string, nextBody: () => string, keepAlive: boolean) {
    this.#url = new URL(url);
    this.#nextBody = nextBody;
    this.#agent = new Agent({ keepAlive, maxSockets: 1 });
    this.#done = this.#work();
  }

  /** Resolves after that many further answers, good or bad. */
  async signed(further: number): Promise<void> {
    const wanted = this.answers.length + further;
    while (this.answers.length < wanted) await once(this.#events, 'answer');
  }

  async stop(): Promise<readonly HonestAnswer[]> {
    this.#stopped = true;
    await this.#done;
    this.#agent.destroy();
    return this.answers;
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const started = performance.now();
      const outcome = await this.#sign(this.#nextBody()).catch((error: unknown) => String(error));
      this.answers.push({ outcome, ms: performance.now() - started });
      this.#events.emit('answer');
      await delay(PAUSE_MS);
    }
  }

  #sign(body: string): Promise<number | string> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const asked = request(this.#url, { method: 'POST', agent: this.#agent, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('error', reject);
        answer.on('end', () => {
          const signed = answer.statusCode === 200 && /^0x[0-9a-f]{192}$/.test(text);
          resolve(signed ? 200 : `${answer.statusCode ?? 0} ${text}`);
        });
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }
}

/** Votes of one key whose target is always the next epoch, so that none is a repeat. */
export function votes(bodies: DutyBodies, from: bigint): () => string {
  let target = from;
  return () => {
    target += 1n;
    return JSON.stringify(bodies.attestation(target - 1n, target));
  };
}
