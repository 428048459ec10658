import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Gate } from '../access/gate.ts';
import type { Place } from '../bls/place.ts';
import type { Asker } from '../desk/sign-desk.ts';
import { Line } from './connections/line.ts';

/** The places in the queue that each connection waits for. */
const waiting = new WeakMap<Socket, Line<Place>>();

/**
 * Who sends a request, for the desk. When the connection closes, what it waits for is dropped: nobody would read the
 * signatures.
 */
export function askerOf(request: IncomingMessage, gate: Gate): Asker {
  const { socket } = request;
  return {
    caller: gate.identify(request),
    onPlace: (place) => {
      const places = placesOf(socket);
      const spot = places.enter(place);
      if (socket.destroyed) place.drop();
      return () => places.leave(spot);
    },
  };
}

/** One listener for the life of a connection, not one for each request. */
function placesOf(socket: Socket): Line<Place> {
  const known = waiting.get(socket);
  if (known !== undefined) return known;
  const places = new Line<Place>();
  waiting.set(socket, places);
  socket.once('close', () => {
    for (const { value } of places) value.drop();
  });
  return places;
}
