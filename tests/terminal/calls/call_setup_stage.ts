/** The ports of calls in a terminal: a server that the test is, devices of the test, and pictures that are one color. */

import type { MediaSocket } from "../../../src/client/calls/call_ports.ts";
import { encodeMediaFrame, type MediaFrame } from "../../../src/protocol/calls/media_frame.ts";
import type { CallEvent } from "../../../src/protocol/messages/messages.ts";
import type { CallSetup, PictureStream } from "../../../src/terminal/calls/call_setup.ts";
import { FakeDevices } from "../../client/calls/party.ts";
import type { FakeClock } from "../../helpers/fake_clock.ts";
import { ADA, YOU } from "../memory_terminal.ts";

/** The server's end of a media connection. */
class ServerEnd implements MediaSocket {
  readonly #inbox: (string | Uint8Array<ArrayBuffer>)[] = [JSON.stringify({ type: "media", call: "c", stream: 0 })];
  #wake = Promise.withResolvers<void>();
  #closed = false;
  readonly queuedBytes = 0;

  get messages(): AsyncIterable<string | Uint8Array<ArrayBuffer>> {
    return this.#read();
  }

  give(frame: MediaFrame): void {
    this.#inbox.push(encodeMediaFrame(frame));
    this.#changed();
  }

  send(): void {}

  close(): void {
    this.#closed = true;
    this.#changed();
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async *#read() {
    while (!this.#closed) {
      const message = this.#inbox.shift();
      if (message === undefined) await this.#wake.promise;
      else yield message;
    }
  }
}

/** Decodes a picture whose first byte is its gray; 0 is a broken picture. */
class GrayStream implements PictureStream {
  disposed = false;

  decode(
    { jpeg }: { readonly jpeg: Uint8Array },
    { width, height }: { readonly width: number; readonly height: number },
  ) {
    const gray = jpeg[0]!;
    if (gray === 0) return Promise.reject(new Error("The picture is damaged"));
    return Promise.resolve({ width, height, bytes: new Uint8Array(3 * width * height).fill(gray) });
  }

  [Symbol.dispose](): void {
    this.disposed = true;
  }
}

export class CallStage {
  readonly devices = new FakeDevices();
  readonly streams: GrayStream[] = [];
  readonly setup: CallSetup;
  server: ServerEnd | undefined;

  constructor(clock: FakeClock) {
    this.setup = {
      ...{ devices: this.devices, clock },
      open: () => Promise.resolve(this.server = new ServerEnd()),
      openStream: () => {
        const stream = new GrayStream();
        this.streams.push(stream);
        return stream;
      },
    };
  }

  /** Ada's picture of that gray. */
  show(gray: number, time: number): void {
    this.server!.give({ kind: "video", stream: 1, time, width: 160, height: 90, jpeg: Uint8Array.of(gray) });
  }
}

/** A call of ada and the user in the lobby. The user's state is the one given; without it they are not asked. */
export function callEvent(own: "called" | "in" | undefined, more: Partial<CallEvent> = {}): CallEvent {
  const you = own === undefined ? [] : [{ ...YOU, state: own, ...own === "in" ? { stream: 0 } : {} }];
  const event = {
    type: "call",
    id: "c",
    room: "lobby",
    by: ADA,
    members: [{ ...ADA, state: "in", stream: 1 }, ...you],
  };
  return { ...event, ...more } as CallEvent;
}

export const MEDIA = { type: "media" as const, call: "c", stream: 0, token: "t" };
