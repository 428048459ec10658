/** C0, DEL, C1 and the marks that turn the direction of writing: a terminal would act on them. */
// eslint-disable-next-line no-control-regex -- control codes are the subject
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text of somebody else's file as it can be shown: it must not move the cursor or hide what follows. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, '?');

/** One word of a POSIX shell, for commands that the operator copies: a name in a file must not become a command. */
export function shellQuote(text: string): string {
  const shown = printable(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
