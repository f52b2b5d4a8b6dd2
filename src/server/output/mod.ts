/**
 * From events to bytes on the links.
 * `room_subscribers.ts` encodes a turn's events once per format, `outbox.ts` queues the shared
 * chunks of one connection, `flush_queue.ts` starts the writes, and `congestion.ts` tells which rooms cannot keep up.
 * This folder is the hot path: no allocation per receiver. It knows neither the core nor the store.
 * @module
 */

export { Outbox } from "./outbox.ts";
export { RoomSubscribers } from "./room_subscribers.ts";
