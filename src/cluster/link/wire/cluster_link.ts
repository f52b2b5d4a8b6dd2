import { LINK_BEAT_MS, LINK_SILENCE_MS, LINK_STALL_MS, MAX_LINK_REQUESTS } from "../../../protocol/limits.ts";
import type { LinkNote } from "../../../server/links/server_links.ts";
import { AnswerReceiver } from "./answer_receiver.ts";
import { LinkFault, RequestRefused } from "./link_fault.ts";
import { decodeLinkFrame, encodeLinkFrame, type LinkFrame, type LinkRequest } from "./link_frames.ts";
import { LinkOutbox } from "./link_outbox.ts";
import { AnswerSender, type AnswerSource } from "./answer_sender.ts";

/** Time as links need it. */
export interface LinkClock {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Calls back once after `ms`, unless the signal is aborted first. */
  after(ms: number, callback: () => void, signal?: AbortSignal): void;
}

export interface ClusterLinkOptions {
  /** The incarnation of the other server; 0 if it is not in the cluster yet. */
  readonly other: number;
  readonly clock: LinkClock;
  /** Sends a frame to the other end. One call at a time. */
  readonly write: (frame: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** Ends the connection, which calls `ended`. */
  readonly close: (fault: LinkFault) => void;
  /** Answers a request of the other server. Rejects with a `RequestRefused`; other errors are told as `failed`. */
  readonly serve: (request: LinkRequest, link: ClusterLink) => Promise<AnswerSource>;
  readonly note: (note: LinkNote, link: ClusterLink) => void;
}

/** A request of the other end. It may be cancelled before its answer begins. */
interface Served {
  answer?: AnswerSender;
  isCancelled: boolean;
}

interface Asked {
  readonly answer: AnswerReceiver;
  /** How long it may stop, in milliseconds. */
  readonly patience: number;
  /** When the last frame of the answer came. */
  heardAt: number;
}

/**
 * A proven link to another server: requests with streamed answers in both directions, and notes. Each end says every two seconds that it
 * lives. At the end of the link all requests fail.
 */
export class ClusterLink {
  readonly other: number;
  readonly #options: ClusterLinkOptions;
  readonly #outbox: LinkOutbox;
  readonly #asked = new Map<number, Asked>();
  /** Requests that were given up, and whose answers may still be on their way. */
  readonly #givenUp = new Set<number>();
  readonly #served = new Map<number, Served>();
  readonly #over = new AbortController();
  readonly #closed = Promise.withResolvers<LinkFault>();
  #lastId = 0;
  #heardAt: number;

  constructor(options: ClusterLinkOptions) {
    this.other = options.other;
    this.#options = options;
    this.#outbox = new LinkOutbox(options.write, options.close);
    this.#heardAt = options.clock.now();
    this.#beat();
  }

  /** Resolves with the reason when the link has ended, and nothing of it is under way. */
  get closed(): Promise<LinkFault> {
    return this.#closed.promise;
  }

  get isOpen(): boolean {
    return !this.#over.signal.aborted;
  }

  /** Whether another request can be made now. */
  get isFree(): boolean {
    return this.isOpen && this.#asked.size + this.#givenUp.size < MAX_LINK_REQUESTS;
  }

  /**
   * Asks the other server. The caller reads the answer to its end, or cancels it. `patience`: how long the answer may stop, in milliseconds.
   * Throws a `LinkFault` if the link has ended, and a `RequestRefused` if there are too many requests.
   */
  ask(request: LinkRequest, patience: number = LINK_STALL_MS): AnswerReceiver {
    if (!this.isOpen) throw new LinkFault("closed", "The link is closed");
    if (!this.isFree) throw new RequestRefused("busy");
    const id = this.#lastId = (this.#lastId + 1) >>> 0;
    const answer = new AnswerReceiver({
      grant: (bytes) => this.#send({ type: "credit", id, bytes }),
      over: (isWhole) => this.#settle(id, isWhole),
    });
    this.#asked.set(id, { answer, patience, heardAt: this.#options.clock.now() });
    this.#send({ type: "request", id, request });
    return answer;
  }

  #settle(id: number, isWhole: boolean): void {
    this.#asked.delete(id);
    if (isWhole || !this.isOpen) return;
    this.#givenUp.add(id);
    this.#send({ type: "cancel", id });
  }

  /** Sends a note; false if it is dropped. Confirmations of frames are never dropped: else their sender would wait for ever. */
  note(note: LinkNote): boolean {
    if (!this.isOpen) return false;
    const frame = encodeLinkFrame({ type: "note", id: 0, note });
    if (note.type !== "got") return this.#outbox.addNote(frame);
    this.#outbox.add(frame);
    return true;
  }

  /** Ends the link. */
  close(fault: LinkFault = new LinkFault("closed", "The link was closed")): void {
    this.#options.close(fault);
  }

  /** Takes a frame of the other end. Throws a `LinkFault` if it breaks the rules. */
  take(bytes: Uint8Array<ArrayBuffer>): void {
    this.#heardAt = this.#options.clock.now();
    const frame = decodeLinkFrame(bytes);
    switch (frame.type) {
      case "request":
        return this.#serve(frame.id, frame.request);
      case "answer":
      case "piece":
      case "end":
      case "refuse":
        return this.#takeAnswer(frame);
      case "credit":
        return this.#served.get(frame.id)?.answer?.grant(frame.bytes);
      case "cancel":
        return cancel(this.#served.get(frame.id));
      case "note":
        return this.#options.note(frame.note, this);
      case "beat":
        return;
      default:
        return frame satisfies never;
    }
  }

  /** The connection has ended: so have all requests. A second call does nothing. */
  ended(fault: LinkFault): void {
    if (!this.isOpen) return;
    this.#over.abort();
    this.#outbox.close();
    for (const { answer } of [...this.#asked.values()]) answer.fail(fault, true);
    for (const served of this.#served.values()) cancel(served);
  }

  /** Nothing is under way any more after `ended`. */
  settled(fault: LinkFault): void {
    this.#closed.resolve(fault);
  }

  #takeAnswer(frame: Extract<LinkFrame, { readonly type: "answer" | "piece" | "end" | "refuse" }>): void {
    const asked = this.#asked.get(frame.id);
    if (asked === undefined) return this.#takeLate(frame);
    asked.heardAt = this.#heardAt;
    switch (frame.type) {
      case "answer":
        return asked.answer.begin(frame.size);
      case "piece":
        return asked.answer.add(frame.bytes);
      case "end":
        return asked.answer.complete(frame.sha256);
      case "refuse":
        return asked.answer.fail(new RequestRefused(frame.reason), true);
      default:
        return frame satisfies never;
    }
  }

  /** A part of an answer that was given up. */
  #takeLate({ id, type }: LinkFrame): void {
    if (!this.#givenUp.has(id)) throw new LinkFault("invalid", "The other server answers what nobody has asked");
    if (type === "end" || type === "refuse") this.#givenUp.delete(id);
  }

  #serve(id: number, request: LinkRequest): void {
    if (this.#served.has(id)) throw new LinkFault("invalid", "The other server uses the number of a request twice");
    if (this.#served.size >= MAX_LINK_REQUESTS) return this.#send({ type: "refuse", id, reason: "busy" });
    const served: Served = { isCancelled: false };
    this.#served.set(id, served);
    void this.#answer(id, request, served);
  }

  /** Every request gets an `end` or a `refuse` at last, also after a `cancel`. */
  async #answer(id: number, request: LinkRequest, served: Served): Promise<void> {
    try {
      const source = await this.#options.serve(request, this);
      const answer = served.answer = new AnswerSender(id, source, this.#outbox);
      if (served.isCancelled) answer.cancel();
      if (!await answer.send()) this.#send({ type: "refuse", id, reason: "failed" });
    } catch (error) {
      this.#send({ type: "refuse", id, reason: error instanceof RequestRefused ? error.reason : "failed" });
    } finally {
      this.#served.delete(id);
    }
  }

  #send(frame: LinkFrame): void {
    this.#outbox.add(encodeLinkFrame(frame));
  }

  #beat(): void {
    this.#options.clock.after(LINK_BEAT_MS, () => {
      this.#check(this.#options.clock.now());
      if (!this.isOpen) return;
      this.#send({ type: "beat", id: 0 });
      this.#beat();
    }, this.#over.signal);
  }

  #check(now: number): void {
    if (now - this.#heardAt >= LINK_SILENCE_MS) {
      return this.close(new LinkFault("silent", "Nothing has come from the other server in time"));
    }
    for (const { answer, patience, heardAt } of [...this.#asked.values()]) {
      if (now - heardAt < patience || answer.isUnread) continue;
      answer.fail(new LinkFault("silent", "The other server does not go on with its answer"), false);
    }
  }
}

function cancel(served: Served | undefined): void {
  if (served === undefined) return;
  served.isCancelled = true;
  served.answer?.cancel();
}
