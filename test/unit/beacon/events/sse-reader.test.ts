import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readServerSentEvents, type ServerSentEvent } from '../../../../beacon/events/sse-reader.ts';

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    await Promise.resolve();
    yield bytes.subarray(from, cut);
    from = Math.max(from, cut);
  }
}

async function read(text: string | Uint8Array, cuts: readonly number[] = []): Promise<ServerSentEvent[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const events: ServerSentEvent[] = [];
  for await (const event of readServerSentEvents(chunksOf(bytes, cuts), () => undefined)) events.push(event);
  return events;
}

const HEAD = { event: 'head', data: '{"slot":"1"}' };

describe('a stream of events', () => {
  it.each([
    ['LF', 'event: head\ndata: {"slot":"1"}\n\n'],
    ['CR LF', 'event: head\r\ndata: {"slot":"1"}\r\n\r\n'],
    ['CR', 'event: head\rdata: {"slot":"1"}\r\rx'],
    ['no space after the colon', 'event:head\ndata:{"slot":"1"}\n\n'],
    ['comments and fields of no use', ':\n\n: hello\nid: 5\nretry: 10\nevent: head\ndata: {"slot":"1"}\n\n'],
    ['data before the name', 'data: {"slot":"1"}\nevent: head\n\n'],
  ])('is read with %s', async (_name, text) => {
    expect(await read(text)).toEqual([HEAD]);
  });

  it('joins lines of data, and names what has no name', async () => {
    expect(await read('data: a\ndata: b\n\n')).toEqual([{ event: 'message', data: 'a\nb' }]);
  });

  it.each(['event: head\ndata: {"slot":"1"}', 'event: head\ndata: {"slot":"1"}\n', 'event: head\n\n', ''])(
    'has no event in %j, which was cut off or says nothing',
    async (text) => {
      expect(await read(text)).toEqual([]);
    },
  );

  it('does not carry a name over to the next event', async () => {
    expect(await read('event: head\n\ndata: x\n\n')).toEqual([{ event: 'message', data: 'x' }]);
  });

  it('is read alike however it is cut into pieces, in the middle of a letter too', async () => {
    const line = fc.constantFrom(
      'event: head',
      'event: block',
      'data: {"ä":"€"}',
      'data: x',
      ': quiet',
      '',
      '',
    );
    const end = fc.constantFrom('\n', '\r\n');
    const text = fc
      .array(
        fc.tuple(line, end).map((parts) => parts.join('')),
        { maxLength: 20 },
      )
      .map((all) => all.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(400)), async (whole, cuts) => {
        const bytes = new TextEncoder().encode(whole);
        const inside = cuts.filter((cut) => cut < bytes.length);
        expect(await read(bytes, inside)).toEqual(await read(bytes));
      }),
    );
  });

  it('is refused when an event has no end', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('data: ');
      for (;;) {
        await Promise.resolve();
        yield new Uint8Array(65_536).fill(0x78);
      }
    }
    const events = readServerSentEvents(endless(), () => undefined);
    await expect(events.next()).rejects.toThrow('longer than 4 MiB');
  });

  it('may go on for ever with keep-alives', async () => {
    async function* quiet(): AsyncGenerator<Uint8Array> {
      const comments = new TextEncoder().encode(':\n\n'.repeat(100_000));
      for (let times = 0; times < 20; times += 1) {
        await Promise.resolve();
        yield comments;
      }
      yield new TextEncoder().encode('event: head\ndata: {"slot":"1"}\n\n');
    }
    expect((await readServerSentEvents(quiet(), () => undefined).next()).value).toEqual(HEAD);
  });

  it('is refused when it is not UTF-8', async () => {
    await expect(read(Uint8Array.of(0x64, 0xff, 0x0a))).rejects.toThrow('not UTF-8');
  });
});
