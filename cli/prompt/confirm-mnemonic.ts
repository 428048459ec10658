import { mnemonicText, type Mnemonic } from '../../key-life/mnemonic/mnemonic.ts';
import { matchWords, splitWords } from '../../key-life/mnemonic/match-words.ts';
import { keyLifeError } from '../../key-life/key-life-errors.ts';
import type { Terminal } from './terminal.ts';

const ATTEMPTS = 3;
const COLUMNS = 4;

/**
 * Shows a new mnemonic and goes on only when it was typed again: a backup that was never read back is a hope. It is on
 * the terminal's second screen, which leaves nothing behind.
 * @throws MNEMONIC_NOT_CONFIRMED after three wrong attempts, PROMPT_ABANDONED
 */
export async function confirmMnemonic(terminal: Terminal, mnemonic: Mnemonic): Promise<void> {
  terminal.beginPrivate();
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      await show(terminal, mnemonic);
      if (await retype(terminal, mnemonic, attempt)) return;
    }
  } finally {
    terminal.endPrivate();
  }
  throw keyLifeError('MNEMONIC_NOT_CONFIRMED');
}

async function show(terminal: Terminal, mnemonic: Mnemonic): Promise<void> {
  terminal.clear();
  terminal.say(
    'This is the mnemonic of your validators. Write it on paper, in order; it is not stored anywhere.',
    'Whoever has it can take the keys and exit the validators. Without it, what is lost cannot be made again.',
    '',
    ...numbered(mnemonic),
    '',
  );
  await terminal.ask('Written down? Press Enter; then the words go, and you type them. ');
  terminal.clear();
}

/** @returns whether it was right; says which words were not */
async function retype(terminal: Terminal, mnemonic: Mnemonic, attempt: number): Promise<boolean> {
  const typed = splitWords(
    await terminal.askPasted('Type the words, with spaces between (four letters of each will do):\n'),
  );
  const matched = await matchWords(typed, mnemonic.language);
  const wrong = mnemonic.words.flatMap((word, at) =>
    (matched[at] === word ? [at + 1] : []).length === 0 ? [at + 1] : [],
  );
  if (wrong.length === 0 && typed.length === mnemonic.words.length) return true;
  const what =
    typed.length === mnemonic.words.length
      ? `Not right: word ${wrong.join(', ')}.`
      : `These are ${typed.length} words, there were ${mnemonic.words.length}.`;
  if (attempt < ATTEMPTS) await terminal.ask(`${what} Press Enter to see the mnemonic once more. `);
  return false;
}

/** Four columns, read along the lines. */
function numbered(mnemonic: Mnemonic): string[] {
  const words = mnemonicText(mnemonic).split(/\s/u);
  const cells = words.map((word, at) => `${String(at + 1).padStart(2)}. ${word.padEnd(14)}`);
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += COLUMNS)
    lines.push(
      cells
        .slice(at, at + COLUMNS)
        .join('')
        .trimEnd(),
    );
  return lines;
}
