import type { FrameChannel, FrameSink } from "../../../server/links/server_links.ts";
import { LinkFault } from "./link_fault.ts";
import { type ClusterSecret, deriveSeals, FRAME_SEAL_BYTES, type LinkRole, type LinkSeals } from "./sealed_frames.ts";

/** Fills bytes with random ones. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => void;

export interface SealedChannelOptions {
  readonly channel: FrameChannel;
  readonly role: LinkRole;
  readonly secret: ClusterSecret;
  /** The incarnation of this server; 0 if it is not in the cluster yet. */
  readonly own: number;
  /** The incarnation that the dialed server must have; 0 for any. */
  readonly expected?: number;
  readonly random: RandomBytes;
  /** The other end has proved the key, and waits for the proof of this one. Throws a `LinkFault` to refuse it. */
  readonly admit?: ((other: number) => void) | undefined;
  /** Both ends have proved the key. `other`: the incarnation of the other end; 0 if it is not in the cluster yet. */
  readonly proven: (other: number) => void;
  /** Takes an opened frame. Throws a `LinkFault` to end the link. */
  readonly received: (frame: Uint8Array<ArrayBuffer>) => void;
  /** Called once, at the end. */
  readonly ended: (fault: LinkFault) => void;
  /** Called once after that, when nothing is sealed or opened any more. */
  readonly settled: (fault: LinkFault) => void;
}

const VERSION = 1;
const RANDOM_BYTES = 32;
const GREETING_BYTES = 1 + RANDOM_BYTES;
const PROOF_BYTES = 8;

/** The frame that the channel waits for. */
type Phase = "greeting" | "proof" | "open" | "ended";

/**
 * A channel on which both ends have proved that they have the cluster's key. Each side sends random bytes, then a sealed proof with the
 * incarnations of both servers: the dialer first. The keys follow from the cluster's key and name, and from the random bytes of both ends,
 * so nothing that was recorded is valid again. Before the proof nothing of another length is read, and nothing is told.
 */
export class SealedChannel implements FrameSink {
  readonly #options: SealedChannelOptions;
  readonly #greeting: Uint8Array<ArrayBuffer>;
  #seals: LinkSeals | undefined;
  #phase: Phase = "greeting";
  /** The frame that is taken, and the one that is sealed. */
  #taking: Promise<void> = Promise.resolve();
  #sealing: Promise<unknown> = Promise.resolve();

  constructor(options: SealedChannelOptions) {
    this.#options = options;
    this.#greeting = new Uint8Array(GREETING_BYTES);
    this.#greeting[0] = VERSION;
    options.random(this.#greeting.subarray(1));
    if (options.role === "dialer") void options.channel.send(this.#greeting);
  }

  /** Seals the frame and sends it. One call at a time, and only after `proven`. Rejects with a `LinkFault` at the end of the link. */
  async send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#phase !== "open") throw new LinkFault("closed", "The link is closed");
    await this.#seal(frame);
  }

  async take(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await (this.#taking = this.#take(frame));
    } catch (error) {
      this.end(error instanceof LinkFault ? error : new LinkFault("invalid", "A frame has failed", { cause: error }));
    }
  }

  ended(): void {
    this.end(new LinkFault("closed", "The connection was closed"));
  }

  /** Ends the link. A second call does nothing. */
  end(fault: LinkFault): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#options.channel.close();
    this.#options.ended(fault);
    void Promise.allSettled([this.#taking, this.#sealing]).then(() => this.#options.settled(fault));
  }

  async #take(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    switch (this.#phase) {
      case "greeting":
        return await this.#greet(frame);
      case "proof":
        return await this.#check(frame);
      case "open":
        return this.#deliver(await this.#seals!.opener.open(frame));
      case "ended":
        return;
      default:
        return this.#phase satisfies never;
    }
  }

  async #greet(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    if (frame.length !== GREETING_BYTES || frame[0] !== VERSION) {
      throw new LinkFault("proof", "The other end does not speak this version of links");
    }
    const { role, secret, channel } = this.#options;
    const isDialer = role === "dialer";
    this.#phase = "proof";
    if (!isDialer) await channel.send(this.#greeting);
    const greetings = new Uint8Array(2 * GREETING_BYTES);
    greetings.set(isDialer ? this.#greeting : frame);
    greetings.set(isDialer ? frame : this.#greeting, GREETING_BYTES);
    this.#seals = await deriveSeals(secret, greetings, role);
    if (isDialer) await this.#prove(this.#options.expected ?? 0);
  }

  async #prove(other: number): Promise<void> {
    const proof = new Uint8Array(PROOF_BYTES);
    const view = new DataView(proof.buffer);
    view.setUint32(0, this.#options.own);
    view.setUint32(4, other);
    await this.#seal(proof);
  }

  async #check(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    const { role, admit, proven } = this.#options;
    if (frame.length !== PROOF_BYTES + FRAME_SEAL_BYTES) throw noProof();
    const proof = await this.#seals!.opener.open(frame).catch(() => {
      throw noProof();
    });
    const view = new DataView(proof.buffer);
    const other = this.#checked(view.getUint32(0), view.getUint32(4));
    admit?.(other);
    if (role === "listener") await this.#prove(other);
    if (this.#isEnded) return;
    this.#phase = "open";
    proven(other);
  }

  /** Returns the incarnation of the other end, if both ends mean each other. */
  #checked(from: number, to: number): number {
    const { role, own, expected = 0 } = this.#options;
    const isMeant = to === own || (role === "listener" && to === 0);
    const isExpected = role === "listener" || expected === 0 || from === expected;
    if (!isMeant || !isExpected) throw new LinkFault("proof", "The other end means another server");
    if (from === own) throw new LinkFault("proof", "The server has dialed itself");
    return from;
  }

  #deliver(frame: Uint8Array<ArrayBuffer>): void {
    if (!this.#isEnded) this.#options.received(frame);
  }

  async #seal(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    const sealing = this.#seals!.sealer.seal(frame);
    this.#sealing = sealing;
    const sealed = await sealing;
    if (!this.#isEnded) await this.#options.channel.send(sealed);
  }

  get #isEnded(): boolean {
    return this.#phase === "ended";
  }
}

function noProof(): LinkFault {
  return new LinkFault("proof", "The other end has another key, or is of another cluster");
}
