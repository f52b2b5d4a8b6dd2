/** Members of a real server inside this process, each with a client, and devices of the test. */

import { assert } from "@std/assert";
import { setImmediate } from "node:timers";
import { Client } from "../../../src/client/client.ts";
import {
  type CallDevices,
  DeviceError,
  type MediaSocket,
  type SoundBlock,
  type VideoForm,
  type VideoPicture,
} from "../../../src/client/calls/call_ports.ts";
import { ClientCalls } from "../../../src/client/calls/client_calls.ts";
import { openRawMediaSocket } from "../../../src/client/calls/raw_media_socket.ts";
import { BLOCK_SAMPLES } from "../../../src/client/voice/sound_block.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { MemoryLink } from "../../helpers/memory_link.ts";
import type { MemoryConnection } from "../../helpers/memory_connection.ts";
import type { Stage } from "../../server/stage.ts";

/** Items of a device: the test gives them, or ends it with an error. */
class Feed<T> {
  readonly #items: T[] = [];
  #error: Error | undefined;
  #wake = Promise.withResolvers<void>();
  /** Whether it is read from. */
  running = false;

  give(item: T): void {
    this.#items.push(item);
    this.#change();
  }

  fail(text: string): void {
    this.#error = new DeviceError(text);
    this.#change();
  }

  async *read(signal: AbortSignal): AsyncGenerator<T> {
    this.running = true;
    this.#error = undefined;
    signal.addEventListener("abort", () => this.#change(), { once: true });
    try {
      while (!signal.aborted) {
        if (this.#error !== undefined) throw this.#error;
        if (this.#items.length > 0) yield this.#items.shift()!;
        else await this.#wake.promise;
      }
    } finally {
      this.running = false;
    }
  }

  #change(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** Devices that the test is. Opus is one byte: how loud the block is. */
export class FakeDevices implements CallDevices {
  readonly pictures = new Feed<VideoPicture>();
  readonly blocks = new Feed<SoundBlock>();
  readonly asked: VideoForm[] = [];
  /** Takes what is heard next. */
  hear: (() => SoundBlock) | undefined;
  camera: CallDevices["camera"] = {
    pictures: (form, signal) => {
      this.asked.push(form);
      return this.pictures.read(signal);
    },
  };
  microphone: CallDevices["microphone"] = { blocks: (signal) => this.blocks.read(signal) };
  loudspeaker: CallDevices["loudspeaker"] = {
    play: (next, signal) => {
      this.hear = next;
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve(), { once: true });
      return promise;
    },
  };
  readonly makeEncoder = () =>
    Promise.resolve({
      encode: (block: SoundBlock, take: (packet: Uint8Array<ArrayBuffer>) => void) =>
        take(Uint8Array.of(Math.round(Math.abs(block[0]!) * 255))),
      close() {},
    });
  readonly makeDecoder = () =>
    Promise.resolve({
      decode: (packet: Uint8Array | undefined) => loud((packet?.[0] ?? 0) / 255),
      close() {},
    });
}

/** A block of that level, from 0 to 1. */
export function loud(level: number): SoundBlock {
  return new Float32Array(BLOCK_SAMPLES).fill(level);
}

export function picture(mark: number): VideoPicture {
  return { width: 160, height: 90, jpeg: Uint8Array.of(0xff, 0xd8, mark) };
}

export class Guest {
  readonly name: string;
  readonly clock = new FakeClock();
  readonly devices = new FakeDevices();
  readonly calls: ClientCalls;
  readonly client: Client;
  readonly said: string[] = [];
  /** Marks of the pictures that were shown, by the name of the member. */
  readonly shown: string[] = [];
  readonly #stage: Stage;
  #chat: MemoryConnection | undefined;
  #media: MemoryLink | undefined;
  readonly #sockets: MediaSocket[] = [];
  /** Connections that are being opened. */
  opening = 0;

  constructor(stage: Stage, name: string) {
    this.#stage = stage;
    this.name = name;
    this.calls = new ClientCalls({
      client: () => this.client,
      devices: this.devices,
      open: (signal) => this.#open(signal),
      clock: this.clock,
      changed: () => {},
      picture: (id, { jpeg }) => this.shown.push(`${this.#nameOf(id)} ${jpeg[2]}`),
      say: (text) => this.said.push(text),
    });
    this.client = new Client({
      dial: () => Promise.resolve(this.#chat = stage.listener.dial()),
      name,
      acceptSuggestion: false,
      rooms: ["lobby"],
      clock: this.clock,
      random: () => 0,
      onEvent: this.calls.following(() => {}),
    });
    this.client.start();
  }

  /** Breaks the chat's connection. */
  cutChat(): void {
    this.#chat!.close();
  }

  /** Breaks the media connection. */
  cutMedia(): void {
    this.#media!.close();
  }

  /** How many media connections were opened. */
  get sockets(): number {
    return this.#sockets.length;
  }

  seat(name: string) {
    return this.calls.current?.seats.find((seat) => seat.name === name);
  }

  #nameOf(id: string): string {
    return this.calls.current?.seats.find((seat) => seat.id === id)?.name ?? "?";
  }

  async #open(signal: AbortSignal): Promise<MediaSocket> {
    this.opening++;
    const guest = this.#stage.dial();
    this.#media = new MemoryLink(guest.connection, guest.rest());
    const link = this.#media;
    const opened = openRawMediaSocket(() => Promise.resolve(link), (bytes) => bytes.fill(9), signal);
    const socket = await opened.finally(() => this.opening--);
    this.#sockets.push(socket);
    return socket;
  }

  /** Ends all that it has begun. */
  async end(): Promise<void> {
    this.calls.stop();
    await this.client.close();
    await until(() => this.opening === 0, "the connections have been opened or refused");
  }
}

/** Longer than a busy machine keeps other threads waiting, which compute what links prove. */
const PATIENCE_MS = 20_000;

/** Lets everything run until the condition holds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    assert(performance.now() - start < PATIENCE_MS, `It never happens that ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Ada and bob talk. */
export async function talking(stage: Stage, prepare: (ada: Guest, bob: Guest) => void = () => {}) {
  const [ada, bob] = [new Guest(stage, "ada"), new Guest(stage, "bob")];
  prepare(ada, bob);
  await until(() => stage.server.snapshot().members === 2, "both have joined");
  for (const { calls } of [ada, bob]) calls.show({ width: 160, height: 90, rate: 10 });
  ada.calls.call({ to: "bob" }, false);
  await until(() => bob.calls.ringing.length === 1, "it rings");
  bob.calls.answer(false);
  await until(
    () => ada.seat("bob")?.microphone !== undefined && bob.seat("ada")?.microphone !== undefined,
    "both know each other's state",
  );
  return {
    ada,
    bob,
    [Symbol.asyncDispose]: async () => {
      for (const guest of [ada, bob]) await guest.end();
    },
  };
}
