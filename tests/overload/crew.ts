/** Connections that join one room, and read its messages as fast as they can or not at all. */

import { type Client, dialectOf } from "../bench/load/dialects.ts";
import { LoadConnection } from "../bench/load/load_connection.ts";

export const ROOM = "overload";
export const DIALECT = dialectOf("jsonl", {
  room: ROOM,
  join: '{"type":"join","room":"%s","name":"peer%d"}',
  msg: `{"type":"message","room":"${ROOM}","text":"%s","ref":"%i"}`,
  expect: '"type":"joined"',
});
/** Connections that join at a time, so that the listener's queue never overflows. */
const JOINING_AT_ONCE = 100;

export interface CrewOptions {
  readonly port: number;
  readonly count: number;
  /** Number of the first connection. Numbers are unique. */
  readonly first: number;
  readonly bufferBytes: number;
  /** True if they send a line now and then: the server closes silent connections. */
  readonly alive: boolean;
}

const ALIVE_MS = 10_000;
const ALIVE = new TextEncoder().encode(DIALECT.alive);

/** A group of connections. Disposing closes all of them. */
export class Crew implements Disposable {
  readonly connections: LoadConnection[] = [];
  /** Connections that the server closed. */
  readonly lost = new Set<number>();
  #alive: ReturnType<typeof setInterval> | undefined;

  /** Resolves when all have joined the room. */
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
    if (!await connection.join(DIALECT)) throw new Error("The server closed a connection before it joined");
  }

  #sayAlive(): void {
    for (const connection of this.connections) if (!connection.writing) connection.send(ALIVE, () => {});
  }

  [Symbol.dispose](): void {
    clearInterval(this.#alive);
    for (const connection of this.connections) connection.close();
  }
}
