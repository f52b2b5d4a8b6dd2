/** Connections that come to a server, join one room, and read what is said there as fast as they can, or not at all. */

import { type Client, dialectOf } from "../bench/load/dialects.ts";
import { LoadConnection } from "../bench/load/load_connection.ts";

export const ROOM = "overload";
export const DIALECT = dialectOf("jsonl", {
  room: ROOM,
  join: '{"type":"join","room":"%s","name":"peer%d"}',
  msg: `{"type":"message","room":"${ROOM}","text":"%s","ref":"%i"}`,
  expect: '"type":"joined"',
});
/** At a time, so that nobody waits for a place in the listener's queue. */
const JOINING_AT_ONCE = 100;

export interface CrewOptions {
  readonly port: number;
  readonly count: number;
  /** The number of the first one; no two have the same. */
  readonly first: number;
  readonly bufferBytes: number;
  /** Whether they tell the server now and then that they are there; it cuts off who is silent. */
  readonly alive: boolean;
}

const ALIVE_MS = 10_000;
const ALIVE = new TextEncoder().encode(DIALECT.alive);

/** Disposing hangs up for all of them. */
export class Crew implements Disposable {
  readonly connections: LoadConnection[] = [];
  /** Whom the server has cut off. */
  readonly lost = new Set<number>();
  #alive: ReturnType<typeof setInterval> | undefined;

  /** Resolves when all are in the room. */
  static async join({ port, count, first, bufferBytes, alive }: CrewOptions): Promise<Crew> {
    const crew = new Crew();
    let next = 0;
    const joinSome = async () => {
      while (next < count) await crew.#join(port, { number: first + next++, sends: true, receives: true }, bufferBytes);
    };
    await Promise.all(Array.from({ length: Math.min(count, JOINING_AT_ONCE) }, joinSome));
    if (alive) crew.#alive = setInterval(() => crew.#sayAlive(), ALIVE_MS);
    return crew;
  }

  async #join(port: number, client: Client, bufferBytes: number): Promise<void> {
    const lost = () => void this.lost.add(client.number);
    const connection = await LoadConnection.open(port, client, bufferBytes, lost);
    this.connections.push(connection);
    if (!await connection.join(DIALECT)) throw new Error("The server closed a connection that wanted to join");
  }

  #sayAlive(): void {
    for (const connection of this.connections) if (!connection.writing) connection.send(ALIVE, () => {});
  }

  [Symbol.dispose](): void {
    clearInterval(this.#alive);
    for (const connection of this.connections) connection.close();
  }
}
