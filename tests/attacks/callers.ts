/** Members of a call who flood it with sound and pictures and read nothing, beside a call that must go on. */

import { openRawMediaSocket } from "../../src/client/calls/raw_media_socket.ts";
import type { MediaSocket } from "../../src/client/calls/call_ports.ts";
import type { FileLink } from "../../src/client/files/file_ports.ts";
import { clientMessage } from "../../src/framing/websocket/client_socket.ts";
import { BINARY } from "../../src/framing/websocket/websocket.ts";
import {
  decodeMediaFrame,
  encodeMediaFrame,
  type MediaFrame,
  type VideoFrame,
} from "../../src/protocol/calls/media_frame.ts";
import { MAX_VIDEO_BYTES } from "../../src/protocol/limits.ts";
import type { Attempt, Tally } from "./attackers.ts";
import { type Told, Wire } from "./wire.ts";

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
const MASK = new Uint8Array(4);
/** Frames in one write: the first one as large as it may be, and many small ones. */
const FRAMES = 500;
/** More than the server takes from one connection before it ends it. */
const MAX_WRITES = 2_000;

/** A pair of members in a call of their own, with what their media connections need. */
interface Pair {
  readonly call: string;
  readonly tokens: readonly [caller: string, called: string];
}

/** The outcome of one flood. */
interface Flood {
  readonly sent: number;
  readonly closed: boolean;
}

export async function floodCalls(attempt: Attempt): Promise<Tally> {
  const tally = { flooders: 0, closed: 0, sent: 0, received: 0, pictures: 0, lost: 0 };
  using wires = new DisposableStack();
  const good = await pair(attempt, wires, "friend");
  const talking = talk(attempt, good, tally);
  await Promise.all(Array.from({ length: Math.floor(attempt.count / 2) }, async (_, nth) => {
    const { call, tokens: [flooder, victim] } = await pair(attempt, wires, `flood${nth}x`);
    using reader = await MediaClient.open(attempt.address, call, victim);
    tally.flooders++;
    const { sent, closed } = await flood(attempt.address, call, flooder);
    if (closed) tally.closed++;
    tally.sent += sent;
    tally.received += await reader.framesUntilSilence();
  }));
  await talking;
  return tally;
}

/** Whether every flooder was cut off, of their frames hardly any arrived, and the other call lost nothing. */
export function isUnharmed({ flooders, closed, sent, received, pictures, lost }: Tally): boolean {
  return closed === flooders && flooders! > 0 && received! < sent! / 20 && pictures! > 0 && lost === 0;
}

/** Two members with names of that kind join, and talk. Their chat connections stay open. */
async function pair({ address, password }: Attempt, wires: DisposableStack, name: string): Promise<Pair> {
  const names = [`${name}a`, `${name}b`];
  const [caller, called] = [await member(address, names[0]!, password), await member(address, names[1]!, password)];
  for (const wire of [caller, called]) wires.use(wire);
  await caller.send({ type: "call", to: names[1] });
  const first = await caller.until(isMedia);
  await called.send({ type: "answer", call: first.call });
  const second = await called.until(isMedia);
  for (const wire of [caller, called]) void wire.drain();
  return { call: String(first.call), tokens: [String(first.token), String(second.token)] };
}

async function member(address: string, name: string, password: string): Promise<Wire> {
  const wire = await Wire.dial(address);
  await wire.send({ type: "join", room: "calls", name, password });
  await wire.until(({ type }) => type === "joined");
  return wire;
}

function isMedia({ type, token }: Told): boolean {
  return type === "media" && token !== undefined;
}

/** Pictures in both directions, each after the one before has arrived. */
async function talk({ address, stopped, pauseMs }: Attempt, { call, tokens }: Pair, tally: Tally): Promise<void> {
  using here = await MediaClient.open(address, call, tokens[0]);
  using there = await MediaClient.open(address, call, tokens[1]);
  for (let time = 1; !stopped() || tally.pictures! < 10; time++) {
    for (const [from, to] of [[here, there], [there, here]] as const) {
      from.send({ kind: "video", stream: 0, time, width: 160, height: 90, jpeg: JPEG });
      if (await to.took(time)) tally.pictures!++;
      else return void tally.lost!++;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, 100)));
  }
}

/** Writes frames as fast as the server takes them, until it has closed the connection, and reads nothing. */
async function flood(address: string, call: string, token: string): Promise<Flood> {
  const conn = await dial(address);
  const socket = await openRawMediaSocket(() => Promise.resolve(linkOf(conn)), noMask, new AbortController().signal);
  const messages = socket.messages[Symbol.asyncIterator]();
  socket.send(hello(call, token));
  await messages.next();
  const bytes = floodBytes();
  let sent = 0;
  try {
    for (let writes = 0; writes < MAX_WRITES; writes++) {
      await writeAll(conn, bytes);
      sent += FRAMES;
    }
    return { sent, closed: false };
  } catch {
    return { sent: sent + FRAMES, closed: true };
  } finally {
    socket.close();
    await messages.return?.();
  }
}

function floodBytes(): Uint8Array {
  const frames = Array.from({ length: FRAMES }, (_, nth) => {
    const frame: MediaFrame = nth === 0
      ? { kind: "video", stream: 0, time: nth, width: 640, height: 360, jpeg: new Uint8Array(MAX_VIDEO_BYTES) }
      : { kind: "sound", stream: 0, time: nth, packet: new Uint8Array(60) };
    return clientMessage(BINARY, encodeMediaFrame(frame), MASK);
  });
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const frame of frames) {
    bytes.set(frame, end);
    end += frame.length;
  }
  return bytes;
}

/** A media connection that takes one frame after the other. */
export class MediaClient implements Disposable {
  readonly #socket: MediaSocket;
  readonly #messages: AsyncIterator<string | Uint8Array<ArrayBuffer>>;

  private constructor(socket: MediaSocket) {
    this.#socket = socket;
    this.#messages = socket.messages[Symbol.asyncIterator]();
  }

  static async open(address: string, call: string, token: string): Promise<MediaClient> {
    const link = linkOf(await dial(address));
    const client = new MediaClient(
      await openRawMediaSocket(() => Promise.resolve(link), noMask, new AbortController().signal),
    );
    client.#socket.send(hello(call, token));
    await client.#messages.next();
    return client;
  }

  send(frame: MediaFrame): void {
    this.#socket.send(encodeMediaFrame(frame));
  }

  /** Sends a picture, and waits until the server has taken it. */
  async pass(frame: VideoFrame): Promise<void> {
    this.send(frame);
    for (let next = await this.#next(); next !== undefined; next = await this.#next()) {
      if (next.kind === "got" && next.time === frame.time) return;
    }
  }

  /** Confirms the pictures until the one of that time. False if the connection ends before. */
  async took(time: number): Promise<boolean> {
    for (let frame = await this.#next(); frame !== undefined; frame = await this.#next()) {
      if (frame.kind !== "video") continue;
      this.send({ kind: "got", stream: frame.stream, time: frame.time, of: "video" });
      if (frame.time === time) return true;
    }
    return false;
  }

  /** Counts all frames that wait on the way, with a frame of its own as the mark of their end. */
  async framesUntilSilence(): Promise<number> {
    this.send({ kind: "video", stream: 0, time: 1, width: 1, height: 1, jpeg: JPEG });
    let count = 0;
    for (let frame = await this.#next(); frame !== undefined && frame.kind !== "got"; frame = await this.#next()) {
      count++;
    }
    return count;
  }

  async #next(): Promise<MediaFrame | undefined> {
    const { done, value } = await this.#messages.next();
    return done || typeof value === "string" ? undefined : decodeMediaFrame(value);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

function hello(call: string, token: string): string {
  return JSON.stringify({ type: "media", call, token });
}

function noMask(bytes: Uint8Array<ArrayBuffer>): void {
  bytes.fill(0);
}

function dial(address: string): Promise<Deno.TcpConn> {
  const colon = address.lastIndexOf(":");
  return Deno.connect({ hostname: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await conn.write(rest));
}

function linkOf(conn: Deno.Conn): FileLink {
  return {
    read: (buffer) => conn.read(buffer).catch(() => null),
    write: (bytes) => writeAll(conn, bytes),
    close() {
      try {
        conn.close();
      } catch {
        // It is closed already.
      }
    },
  };
}
