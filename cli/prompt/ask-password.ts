import { encodePassword } from '../../signer/keystore/password.ts';
import type { Terminal } from './terminal.ts';

/** As the deposit tools ask for; a password from a file may be of any length. */
const MIN_CHARACTERS = 8;

/** A new password, typed twice without being shown; asked again until both are alike. @throws PROMPT_ABANDONED */
export async function askNewPassword(terminal: Terminal): Promise<string> {
  for (;;) {
    const password = await terminal.askHidden('New password of the keystores: ');
    if (Array.from(Buffer.from(encodePassword(password)).toString('utf8')).length < MIN_CHARACTERS) {
      terminal.say(`It must have at least ${MIN_CHARACTERS} characters.`);
      continue;
    }
    if ((await terminal.askHidden('The same again: ')) === password) return password;
    terminal.say('These are not the same.');
  }
}
