/** Media connections of members of a server inside this process. */

import { assert, assertEquals } from "@std/assert";
import type { MediaSocket } from "../../../src/client/calls/call_ports.ts";
import { openRawMediaSocket } from "../../../src/client/calls/raw_media_socket.ts";
import {
  decodeMediaFrame,
  encodeMediaFrame,
  type MediaFrame,
  type StateFrame,
  type VideoFrame,
} from "../../../src/protocol/calls/media_frame.ts";
import { clientMessage } from "../../../src/framing/websocket/client_socket.ts";
import { BINARY } from "../../../src/framing/websocket/websocket.ts";
import { MEDIA_PAUSE_MS } from "../../../src/protocol/limits.ts";
import { setImmediate } from "node:timers";
import { MemoryLink } from "../../helpers/memory_link.ts";
import type { Guest, Of, Stage } from "../stage.ts";

export const STAMP = { stream: 0, time: 7 };
export const JPEG = Uint8Array.of(0xff, 0xd8, 1, 2, 3);
export const VIDEO: VideoFrame = { kind: "video", ...STAMP, width: 160, height: 90, jpeg: JPEG };
export const STATE: StateFrame = { kind: "state", ...STAMP, camera: true, microphone: false };

/** A media connection of a client. */
export class MediaEnd {
  readonly socket: MediaSocket;
  readonly link: MemoryLink;
  readonly #messages: AsyncIterator<string | Uint8Array<ArrayBuffer>>;

  constructor(socket: MediaSocket, link: MemoryLink) {
    this.socket = socket;
    this.link = link;
    this.#messages = socket.messages[Symbol.asyncIterator]();
  }

  static async open(stage: Stage, hello?: { readonly call: string; readonly token?: string | undefined }) {
    const guest = stage.dial();
    const link = new MemoryLink(guest.connection, guest.rest());
    const random = (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(7);
    const end = new MediaEnd(
      await openRawMediaSocket(() => Promise.resolve(link), random, new AbortController().signal),
      link,
    );
    if (hello !== undefined) end.socket.send(JSON.stringify({ type: "media", ...hello }));
    return end;
  }

  /** Returns the next message; `undefined` at the end. */
  async next(): Promise<string | MediaFrame | undefined> {
    const { value }: IteratorResult<string | Uint8Array<ArrayBuffer>, undefined> = await this.#messages.next();
    return typeof value === "object" ? decodeMediaFrame(value) : value;
  }

  /** Returns the next frame of that kind. */
  async until<K extends MediaFrame["kind"]>(kind: K): Promise<Extract<MediaFrame, { kind: K }>> {
    for (;;) {
      const frame = await this.next();
      assert(typeof frame === "object", `Not a frame: ${frame}`);
      if (frame.kind === kind) return frame as Extract<MediaFrame, { kind: K }>;
    }
  }

  send(...frames: readonly MediaFrame[]): void {
    for (const frame of frames) this.socket.send(encodeMediaFrame(frame));
  }

  /** Resolves when the server has closed, with all that it sent as text. */
  async closed(): Promise<string> {
    while (await this.next() !== undefined);
    return this.link.text;
  }
}

export interface Talk {
  readonly ada: Guest;
  readonly bob: Guest;
  readonly call: string;
  readonly tokens: readonly [ada: Of<"media">, bob: Of<"media">];
}

/** Ada and bob are in a call. */
export async function talk(stage: Stage): Promise<Talk> {
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  await ada.say({ type: "call", to: "bob" });
  const adas = await ada.until("media");
  const { id: call } = await bob.until("call");
  await bob.say({ type: "answer", call });
  return { ada, bob, call, tokens: [adas, await bob.until("media")] };
}

/** Both, with their media connections. */
export async function connected(stage: Stage) {
  const parts = await talk(stage);
  const [here, there] = [await MediaEnd.open(stage, parts.tokens[0]), await MediaEnd.open(stage, parts.tokens[1])];
  const welcomes = [await here.next(), await there.next()];
  assertEquals(welcomes, [0, 1].map((stream) => JSON.stringify({ type: "media", call: parts.call, stream })));
  return { ...parts, here, there };
}

/** The frame many times, as one write of a client. */
export function flood(frame: MediaFrame, count: number): Uint8Array {
  const message = clientMessage(BINARY, encodeMediaFrame(frame), new Uint8Array(4));
  const bytes = new Uint8Array(count * message.length);
  for (let nth = 0; nth < count; nth++) bytes.set(message, nth * message.length);
  return bytes;
}

/** Lets the pauses of connections that send too much pass until the work is done. */
export async function throughPauses<T>(stage: Stage, work: Promise<T>): Promise<T> {
  let isDone = false;
  void work.finally(() => isDone = true);
  while (!isDone) {
    stage.timers.advance(MEDIA_PAUSE_MS);
    await new Promise((resolve) => setImmediate(resolve));
  }
  // What has ended the work may have begun a pause.
  stage.timers.advance(MEDIA_PAUSE_MS);
  return await work;
}
