import { badRequest } from './api-error.ts';

/** What SSZ types read from JSON and bytes. */
interface Readable<T> {
  fromJson(json: unknown): T;
  deserialize(bytes: Uint8Array): T;
}

/** One object from a request, JSON or SSZ. @throws ApiError 400 */
export function readObject<T>(type: Readable<T>, body: unknown): T {
  try {
    return Buffer.isBuffer(body) ? type.deserialize(new Uint8Array(body)) : type.fromJson(body);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

/** @throws ApiError 400 */
export function readList(body: unknown): unknown[] {
  if (!Array.isArray(body)) throw badRequest('the body must be an array');
  return body as unknown[];
}
