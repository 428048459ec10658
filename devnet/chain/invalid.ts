/** A block or message that the rules of the chain do not allow. The API answers 400 with the message. */
export class InvalidMessage extends Error {
  override readonly name = 'InvalidMessage';
}

export function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvalidMessage(message);
}
