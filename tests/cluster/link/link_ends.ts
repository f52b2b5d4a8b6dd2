/** Links between servers inside this process, over channels that the test controls. */

import { setImmediate } from "node:timers";
import { openClusterLink, type OpeningLink } from "../../../src/cluster/link/wire/link_opener.ts";
import type { LinkParts } from "../../../src/cluster/link/wire/link_opener.ts";
import type { LinkRequest } from "../../../src/cluster/link/wire/link_frames.ts";
import { type AnswerSource, EMPTY_ANSWER } from "../../../src/cluster/link/wire/answer_sender.ts";
import type { ClusterLink } from "../../../src/cluster/link/wire/cluster_link.ts";
import type { FrameChannel, FrameSink, LinkNote } from "../../../src/server/links/server_links.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { Random } from "../../helpers/random.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** What a channel does with a frame: frames that go on in its place. */
export type Meddle = (frame: Bytes, nth: number) => readonly Bytes[];

/** One direction of a channel: frames arrive one after the other, each after the one before was taken. */
export class MemoryChannel implements FrameChannel {
  address: string | undefined;
  /** The sink of the other end. Frames wait for it. */
  sink: FrameSink | undefined;
  meddle: Meddle = (frame) => [frame];
  readonly sent: Bytes[] = [];
  /** While it is set, nothing is taken: the other end does not read. */
  stalled: Promise<void> | undefined;
  closed = false;
  /** Called once, when this end closes. */
  onClose = () => {};
  #tail: Promise<void> = Promise.resolve();

  send(frame: Bytes): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.sent.push(frame.slice());
    const nth = this.sent.length - 1;
    this.#tail = this.#tail.then(async () => {
      await this.stalled;
      const frames = this.meddle(this.sent[nth]!.slice(), nth);
      for (const each of frames) await this.sink?.take(each);
    });
    return this.stalled ?? Promise.resolve();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onClose();
  }

  /** Resolves when all that was sent was taken. */
  idle(): Promise<void> {
    return this.#tail;
  }
}

export interface EndOptions {
  readonly key?: Bytes;
  readonly cluster?: string;
  readonly own?: number;
  readonly expected?: number;
  readonly serve?: (request: LinkRequest, link: ClusterLink) => Promise<AnswerSource>;
  readonly notes?: LinkNote[];
}

export const KEY: Bytes = new Uint8Array(32).fill(7);

export function randomBytes(seed: number): (bytes: Bytes) => void {
  const random = new Random(seed);
  return (bytes) => {
    for (let index = 0; index < bytes.length; index++) bytes[index] = random.between(0, 255);
  };
}

/** Each end has random bytes of its own. */
let seed = 0;

export function linkParts(clock: FakeClock, options: EndOptions = {}): LinkParts {
  const { key = KEY, cluster = "chat", serve = () => Promise.resolve(EMPTY_ANSWER), notes = [] } = options;
  return {
    secret: { key, cluster },
    random: randomBytes(++seed),
    clock,
    serve,
    note: (note) => void notes.push(note),
  };
}

/** Two ends of a link, on one clock. The dialer is server 1, the listener server 2, unless an end says otherwise. */
export class LinkEnds {
  readonly clock = new FakeClock();
  /** From the dialer to the listener, and back. */
  readonly there = new MemoryChannel();
  readonly back = new MemoryChannel();
  readonly dialer: OpeningLink;
  readonly listener: OpeningLink;

  constructor(dialer: EndOptions = {}, listener: EndOptions = {}, meddle: { there?: Meddle; back?: Meddle } = {}) {
    const { there, back, clock } = this;
    if (meddle.there !== undefined) there.meddle = meddle.there;
    if (meddle.back !== undefined) back.meddle = meddle.back;
    this.listener = openClusterLink(linkParts(clock, listener), {
      channel: back,
      role: "listener",
      own: listener.own ?? 2,
    });
    there.sink = this.listener.sink;
    const { own = 1, expected = 2 } = dialer;
    this.dialer = openClusterLink(linkParts(clock, dialer), { channel: there, role: "dialer", own, expected });
    back.sink = this.dialer.sink;
    there.onClose = () => this.listener.sink.ended();
    back.onClose = () => this.dialer.sink.ended();
  }

  /** Both links, after both proofs. */
  async open(): Promise<{ readonly dialer: ClusterLink; readonly listener: ClusterLink }> {
    const [dialer, listener] = await Promise.all([this.dialer.link, this.listener.link]);
    return { dialer, listener };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dialer.close();
    this.listener.close();
    for (const { link } of [this.dialer, this.listener]) await link.then(({ closed }) => closed, () => {});
  }
}

/** Resolves when the condition holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** An answer with these bytes. */
export function answerOf(bytes: Uint8Array, more: Partial<AnswerSource> = {}): AnswerSource {
  return {
    size: bytes.length,
    read: (offset, buffer) => {
      const part = bytes.subarray(offset, offset + buffer.length);
      buffer.set(part);
      return Promise.resolve(part.length);
    },
    close() {},
    ...more,
  };
}

/** All bytes of an answer. */
export async function wholeOf(answer: { read(): Promise<Bytes | undefined> }): Promise<Bytes> {
  const parts: Bytes[] = [];
  for (let piece = await answer.read(); piece !== undefined; piece = await answer.read()) parts.push(piece);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
