import { parseDocument, visit } from 'yaml';
import { inTurns } from '../in-turns.ts';

/** Some milliseconds of work for the parser. */
const ITEMS_AT_ONCE = 16;

/**
 * The definitions of Lighthouse as plain values. `1.2` and `0x…` stay text, and so does a password.
 * @throws when it is not YAML; the message may quote the file
 */
export async function definitionsOf(text: string): Promise<unknown> {
  return (await itemByItem(text)) ?? valueOf(text);
}

/**
 * As Lighthouse writes its file, one list at the left margin, it can be parsed in pieces: what starts there with `- ` is
 * an item of that list, whatever is before it, as long as that is complete by itself. Null for any other file.
 */
async function itemByItem(text: string): Promise<unknown[] | null> {
  const body = text.replace(/^---\r?\n/, '');
  if (!body.startsWith('- ')) return null;
  const values: unknown[] = [];
  for await (const { piece, count } of inTurns(piecesOf(body))) {
    const value = ODD_LINE.test(piece) ? null : valueOrNull(piece);
    if (!Array.isArray(value) || value.length !== count) return null;
    values.push(...(value as unknown[]));
  }
  return values;
}

/** A line that is no item, not indented, not empty and no comment. */
const ODD_LINE = /\n(?!- |[ #]|\r?\n|$)/;

function* piecesOf(body: string): Generator<{ piece: string; count: number }> {
  for (let start = 0; start < body.length;) {
    let [end, count] = [start, 0];
    for (; count < ITEMS_AT_ONCE && end < body.length; count += 1) {
      const next = body.indexOf('\n- ', end);
      end = next === -1 ? body.length : next + 1;
    }
    yield { piece: body.slice(start, end), count };
    start = end;
  }
}

/** The whole tells what is wrong with a piece. */
function valueOrNull(text: string): unknown {
  try {
    return valueOf(text);
  } catch {
    return null;
  }
}

/** As Lighthouse writes what is not set; in quotes it is a text like any other. */
const NOTHING = /^(?:~|null|Null|NULL)?$/;

function valueOf(text: string): unknown {
  const document = parseDocument(text, { schema: 'failsafe' });
  if (document.errors.length > 0) throw new Error('not YAML');
  visit(document, {
    Scalar: (_, node) => {
      if (node.type === 'PLAIN' && NOTHING.test(node.source ?? '')) node.value = null;
    },
  });
  const plain: unknown = document.toJS({ maxAliasCount: 0 });
  if (!Array.isArray(plain)) return plain;
  return plain.map((one: unknown) =>
    typeof one === 'object' && one !== null && 'enabled' in one
      ? { ...one, enabled: one.enabled === 'true' ? true : one.enabled === 'false' ? false : one.enabled }
      : one,
  );
}
