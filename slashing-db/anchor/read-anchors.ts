import { readAnchor, type AnchorContent } from './anchor-file.ts';
import type { AnchorRecord, HighestKnown } from './anchor-record.ts';
import { higher, NOTHING_KNOWN } from './highest-known.ts';

export interface FoundAnchor {
  readonly path: string;
  readonly content: AnchorContent;
}

/** What each anchor says; one that cannot be read counts as damaged and is reported. */
export function readAnchors(
  paths: readonly string[],
  onFailure: (path: string, error: Error) => void = () => undefined,
): FoundAnchor[] {
  return paths.map((path) => {
    try {
      return { path, content: readAnchor(path) };
    } catch (error) {
      onFailure(path, error as Error);
      return { path, content: 'damaged' };
    }
  });
}

/** Those in which something stands that can be read. */
export const readableAt = (
  found: readonly FoundAnchor[],
): { readonly path: string; readonly record: AnchorRecord }[] =>
  found.flatMap(({ path, content }) => (typeof content === 'string' ? [] : [{ path, record: content }]));

export const readable = (found: readonly FoundAnchor[]): AnchorRecord[] =>
  readableAt(found).map(({ record }) => record);

/** The highest that any anchor remembers. */
export const highestRemembered = (found: readonly FoundAnchor[]): HighestKnown =>
  readable(found).reduce((highest, record) => higher(highest, record.highest), NOTHING_KNOWN);

/** The last act that any anchor remembers. */
export const lastRememberedAct = (found: readonly FoundAnchor[]): bigint =>
  readable(found).reduce((last, { lastAct }) => (lastAct > last ? lastAct : last), 0n);
