import { InvalidAnswer } from '../node/call.ts';

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** A slashing of a full committee is a few hundred kilobytes; nothing that is read is longer. */
const MAX_EVENT_LENGTH = 4 * 1024 * 1024;

/**
 * The events in a `text/event-stream`, by the rules of the HTML standard as far as beacon nodes use them: lines end in
 * LF, CR LF or CR; lines with a leading colon keep the connection alive; an empty line ends an event, and one that was
 * cut off by the end of the stream is none.
 * @throws InvalidAnswer when an event grows out of bounds or the text is not UTF-8
 */
export async function* readServerSentEvents(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let event = '';
  let data: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    rest += decoded(decoder, chunk);
    length += chunk.length;
    for (let end = lineEnd(rest); end !== null; end = lineEnd(rest)) {
      const line = rest.slice(0, end.at);
      rest = rest.slice(end.next);
      if (line === '') {
        if (data.length > 0) yield { event: event === '' ? 'message' : event, data: data.join('\n') };
        event = '';
        data = [];
        length = rest.length;
        continue;
      }
      const colon = line.indexOf(':');
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
      else if (field === '' && data.length === 0) length = rest.length;
    }
    if (length > MAX_EVENT_LENGTH) throw new InvalidAnswer('an event is longer than 4 MiB');
  }
}

/** A CR at the very end may be half of a CR LF: that line ends when more has come. */
function lineEnd(text: string): { readonly at: number; readonly next: number } | null {
  const at = text.search(/[\r\n]/);
  if (at === -1 || (text[at] === '\r' && at + 1 === text.length)) return null;
  return { at, next: text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1 };
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw new InvalidAnswer('the stream is not UTF-8', { cause: error });
  }
}
