import type { Committee } from '../../beacon/index.ts';
import type { Slot } from '../../core/units.ts';
import { chainError } from '../chain/index.ts';

/** The committees of one slot: how large they are, and where in them the watched validators sit. */
export class SlotSeats {
  readonly slot: Slot;
  /** By committee, and one more: the members of all committees before it. */
  readonly starts: Uint32Array;
  /** The watched ones by their seats: committee after committee, position after position. */
  readonly validators: Uint32Array;
  /** Of each of them, within its committee. */
  readonly positions: Uint32Array;
  /** By committee, and one more: the watched ones of all committees before it. */
  readonly firstOf: Uint32Array;

  /** @throws MONITOR_COMMITTEES_IMPOSSIBLE */
  constructor(slot: Slot, committees: readonly Committee[], watched: ReadonlySet<number>) {
    const ordered = inOrder(slot, committees);
    this.slot = slot;
    this.starts = new Uint32Array(ordered.length + 1);
    this.firstOf = new Uint32Array(ordered.length + 1);
    const validators: number[] = [];
    const positions: number[] = [];
    ordered.forEach((members, committee) => {
      for (let position = 0; position < members.length; position += 1) {
        const validator = members[position] ?? 0;
        if (!watched.has(validator)) continue;
        validators.push(validator);
        positions.push(position);
      }
      this.starts[committee + 1] = (this.starts[committee] ?? 0) + members.length;
      this.firstOf[committee + 1] = validators.length;
    });
    if (new Set(validators).size !== validators.length) throw impossible(slot, 'a validator sits twice');
    this.validators = Uint32Array.from(validators);
    this.positions = Uint32Array.from(positions);
  }

  get committees(): number {
    return this.starts.length - 1;
  }

  get members(): number {
    return this.starts.at(-1) ?? 0;
  }

  sizeOf(committee: number): number {
    return (this.starts[committee + 1] ?? 0) - (this.starts[committee] ?? 0);
  }
}

/** Members by committee index, which count from 0 without a hole; every slot has a committee, none is empty. */
function inOrder(slot: Slot, committees: readonly Committee[]): Uint32Array[] {
  const members: Uint32Array[] = [];
  for (const committee of committees) {
    if (committee.slot !== slot) throw impossible(slot, `one is of slot ${committee.slot}`);
    if (members[committee.index] !== undefined)
      throw impossible(slot, `number ${committee.index} comes twice`);
    if (committee.validators.length === 0) throw impossible(slot, `number ${committee.index} is empty`);
    members[committee.index] = committee.validators;
  }
  if (committees.length === 0) throw impossible(slot, 'there are none');
  if (members.length !== committees.length) throw impossible(slot, `one below ${members.length} is missing`);
  return members;
}

const impossible = (slot: Slot, what: string) =>
  chainError('MONITOR_COMMITTEES_IMPOSSIBLE', `committees of slot ${slot}: ${what}`);
