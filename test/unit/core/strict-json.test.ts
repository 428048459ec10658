import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonReader } from '../../../core/json/json-reader.ts';
import { parseStrictJson, type JsonValue } from '../../../core/json/parse-strict-json.ts';

const LIMITS = { maxDepth: 32, maxTokenBytes: 1000 };
const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => parseStrictJson(bytes(text), LIMITS);

test.each([
  '',
  ' ',
  '{',
  '[',
  '{}x',
  '[]]',
  '{}{}',
  '1 2',
  '"x',
  '[1,]',
  '[,1]',
  '{"a":1,}',
  '{"a"}',
  '{"a" 1}',
  '{a:1}',
  "{'a':1}",
  '{"a":}',
  '01',
  '-',
  '1.',
  '.5',
  '+1',
  'nul',
  'tru',
  'NaN',
  'undefined',
  '"\\x"',
  '"\\u12"',
  '"\u0001"',
  '\ufeff{}',
  '[1 2]',
  '{"a":1 "b":2}',
  '}',
  ']',
  ':',
  ',',
])('%j is refused', (text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'BAD_JSON' }));
});

test('duplicate keys are refused with their path, however they are written', () => {
  expect(() => parse('{"a":{"slot":"1","slot":"2"}}')).toThrow('$.a.slot: duplicate key "slot"');
  expect(() => parse('{"slot":1,"sl\\u006ft":2}')).toThrow('duplicate key');
  expect(parse('{"a":{"x":1},"b":{"x":1}}')).toEqual({ a: { x: 1 }, b: { x: 1 } });
});

test('keys that reach a prototype are refused, and objects have none', () => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    expect(() => parse(`{"x":{"${key}":{"polluted":true}}}`)).toThrow(`the key "${key}" is not allowed`);
  }
  expect(Object.getPrototypeOf(parse('{}'))).toBeNull();
});

test('depth and token size are bounded', () => {
  expect(() => parse('['.repeat(33))).toThrow('nested deeper than 32');
  expect(parse(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeInstanceOf(Array);
  const reader = new JsonReader(new Proxy({}, { get: () => () => undefined }) as never, LIMITS);
  const fill = () => {
    reader.write(bytes('"'));
    for (let chunk = 0; chunk < 100; chunk += 1) reader.write(bytes('x'.repeat(100)));
  };
  expect(fill).toThrow('longer than 1000 bytes');
});

test('malformed UTF-8 is refused', () => {
  expect(() => parseStrictJson(new Uint8Array([0x22, 0xc3, 0x28, 0x22]), LIMITS)).toThrow(
    expect.objectContaining({ code: 'BAD_JSON' }),
  );
});

const plain = fc
  .jsonValue({ depthSize: 'small', maxDepth: 6 })
  .filter((value) => !/__proto__|constructor|prototype/.test(JSON.stringify(value)));

test('what is accepted means the same as to JSON.parse, in one piece or cut anywhere', () => {
  fc.assert(
    fc.property(plain, fc.boolean(), (value, spaced) => {
      const text = JSON.stringify(value, null, spaced ? 2 : undefined);
      expect(comparable(parse(text))).toEqual(JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});

test('where the text is cut into chunks makes no difference', () => {
  fc.assert(
    fc.property(plain, fc.nat(), (value, seed) => {
      const text = bytes(JSON.stringify({ value, tail: 'é😀' }));
      const at = seed % text.length;
      expect(eventsOf([text.subarray(0, at), text.subarray(at)])).toEqual(eventsOf([text]));
    }),
    { numRuns: 300 },
  );
});

test('texts that JSON.parse refuses are refused', () => {
  fc.assert(
    fc.property(
      plain,
      fc.nat(),
      fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '0', ' ', 'a', '\\'),
      (value, seed, letter) => {
        const text = JSON.stringify(value);
        const broken =
          text.slice(0, seed % (text.length + 1)) + letter + text.slice(seed % (text.length + 1));
        let valid = true;
        try {
          JSON.parse(broken);
        } catch {
          valid = false;
        }
        if (!valid) expect(() => parse(broken)).toThrow(expect.objectContaining({ code: 'BAD_JSON' }));
      },
    ),
    { numRuns: 1000 },
  );
});

function eventsOf(chunks: readonly Uint8Array[]): string[] {
  const events: string[] = [];
  const reader: JsonReader = new JsonReader(
    {
      startObject: () => void events.push('{'),
      endObject: () => void events.push('}'),
      startArray: () => void events.push('['),
      endArray: () => void events.push(']'),
      key: (name) => void events.push(`${reader.path} key ${name}`),
      scalar: (value) => void events.push(`${reader.path} = ${JSON.stringify(value)}`),
    },
    LIMITS,
  );
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  return events;
}

/** With ordinary prototypes and -0 as 0, which JSON text cannot tell apart. */
const comparable = (value: JsonValue): unknown => JSON.parse(JSON.stringify(value));
