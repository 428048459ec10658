import type { Output } from '../../output/output.ts';
import type { Chapter } from '../story.ts';
import type { Scene } from '../world/scene.ts';
import { COLUMNS, drawScene, incomeText } from './draw.ts';
import { Screen } from './screen.ts';

export interface Narrator {
  show(scene: Scene, chapters: readonly Chapter[]): void;
  close(): void;
}

/** The picture and a few lines above it. */
const ROWS = 30;

/** A picture where there is a terminal that is large enough, else a line whenever something happened. */
export function narratorFor(
  output: Output,
  urls: { readonly signer: string; readonly monitor: string },
): Narrator {
  const { stderr } = process;
  if (output.json || !stderr.isTTY || stderr.columns < COLUMNS || stderr.rows < ROWS)
    return new Lines(output);
  const screen = new Screen(stderr);
  return {
    show: (scene, chapters) => screen.draw(drawScene(scene, chapters, urls, screen.paint)),
    close: () => screen.close(),
  };
}

class Lines implements Narrator {
  readonly #output: Output;
  #epoch = -1;
  #told = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  show({ chain, signer, monitor }: Scene, chapters: readonly Chapter[]): void {
    if (chain.epoch !== this.#epoch) {
      this.#epoch = chain.epoch;
      this.#output.note(
        `epoch ${chain.epoch}: justified ${chain.justifiedEpoch}, finalized ${chain.finalizedEpoch}; ` +
          `${signer.signed} signed, ${signer.refused} refused; ` +
          `monitor final to ${monitor.lastFinalEpoch ?? '-'}, ${incomeText(monitor.rewardsGwei, String, 'Gwei')}`,
      );
    }
    for (const { outcome } of chapters.slice(this.#told)) {
      if (outcome === null) return;
      this.#output.note(`  ✓ ${outcome}`);
      this.#told += 1;
    }
  }

  close(): void {
    // Lines stay as they are.
  }
}
