/** Files that go straight from one member to another. */

import { wireFileName } from "../../protocol/files/file_names.ts";
import { DIRECT_WAIT_MS, FILE_PIECE_BYTES, MAX_DIRECT_REASON_CHARS } from "../../protocol/limits.ts";
import type { DirectCommand, DirectEvent } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Client } from "../client.ts";
import type { Clock } from "../clock.ts";
import { FileDownload } from "../files/file_download.ts";
import type { FileHash, FileSink, FileSource } from "../files/file_ports.ts";
import type { FileTransfer } from "../files/file_transfer.ts";
import type { FileTransfers } from "../files/file_transfers.ts";
import { TransferError } from "../files/transfer_error.ts";
import type { ClientListener } from "../state/client_state.ts";
import { FileShare, sharePath } from "./file_share.ts";
import { type StraightOffer, StraightOffers } from "./straight_offers.ts";
import { dialAny } from "./straight_dial.ts";
import type { StraightPlace, StraightPorts } from "./straight_ports.ts";
import { StepQueue } from "./step_queue.ts";

export interface StraightTransfersOptions {
  readonly client: () => Pick<Client, "command">;
  readonly transfers: Pick<FileTransfers, "runBeside">;
  readonly ports: StraightPorts;
  readonly makeHash: () => FileHash;
  readonly clock: Clock;
  /** Makes ids of transfers, and tokens that cannot be guessed. */
  readonly newId: () => string;
  /** Called when `offers` has changed, with the offer that came, or the one that its sender took back. */
  readonly offered: (offer: StraightOffer) => void;
  readonly withdrawn: (offer: StraightOffer) => void;
}

type Step = Omit<DirectCommand, "type" | "ref" | "to" | "id">;

export class StraightTransfers {
  readonly #options: StraightTransfersOptions;
  readonly #offers: StraightOffers;
  /** The transfers that this client takes part in, by id. */
  readonly #queues = new Map<string, StepQueue>();
  /** Offers on their way to the server, by the `ref` of their command. */
  readonly #refusals = new Map<string, StepQueue>();

  constructor(options: StraightTransfersOptions) {
    this.#options = options;
    this.#offers = new StraightOffers(options);
  }

  /** The offers of others that wait for an answer, oldest first. */
  get offers(): readonly StraightOffer[] {
    return this.#offers.all;
  }

  /** Takes the client's events before the listener, which does not get the steps of transfers. */
  following(listener: ClientListener): ClientListener {
    return (event, ...states) => {
      const received = event.type === "received" ? event.event : undefined;
      if (received?.type === "direct") return this.#receive(received);
      if (received?.type === "error" && this.#refused(received.ref, received.message)) return;
      listener(event, ...states);
    };
  }

  /**
   * Offers a file to a member by name, and serves it once they accept. Resolves when they have it. Closes the source. Rejects
   * with a `TransferError` or an Error for users.
   */
  async send(source: FileSource, to: string): Promise<void> {
    const { newId, transfers } = this.#options;
    const id = newId();
    const name = wireFileName(source.name);
    try {
      await transfers.runBeside("send", { name, size: source.size }, async (transfer) => {
        using steps = this.#open(id);
        try {
          await this.#offer({ to, id, name, size: source.size }, steps.queue, transfer);
          await this.#share(source, { to, id }, steps.queue, transfer);
        } catch (error) {
          if (!(error instanceof EndedByOther)) this.#tell(to, id, { step: "cancel" });
          throw error;
        }
      });
    } finally {
      source.close();
    }
  }

  /** Accepts an offer, and resolves with where the file is. `openSink` gets its hash. Rejects as `send`. */
  async accept(offer: StraightOffer, openSink: (sha256: string) => Promise<FileSink>): Promise<string> {
    this.#offers.take(offer);
    const { id, from } = offer;
    return await this.#options.transfers.runBeside("receive", offer, async (transfer) => {
      using steps = this.#open(id);
      steps.queue.partner = from.id;
      try {
        this.#tell(from.id, id, { step: "accept" });
        const path = await this.#fetch(offer, openSink, steps.queue, transfer);
        this.#tell(from.id, id, { step: "done" });
        return path;
      } catch (error) {
        const text = sanitizeLine(error instanceof Error ? error.message : String(error)).slice(
          0,
          MAX_DIRECT_REASON_CHARS,
        );
        const end: Step = transfer.signal.aborted ? { step: "cancel" } : { step: "failed", text };
        if (!(error instanceof EndedByOther)) this.#tell(from.id, id, end);
        throw error;
      }
    });
  }

  decline(offer: StraightOffer): void {
    this.#offers.take(offer);
    this.#tell(offer.from.id, offer.id, { step: "decline" });
  }

  /** Drops an offer without an answer. */
  forget(offer: StraightOffer): void {
    this.#offers.take(offer);
  }

  /** Ends the timers of offers. */
  stop(): void {
    this.#offers.stop();
  }

  #receive(event: DirectEvent): void {
    const queue = this.#queues.get(event.id);
    if (queue !== undefined) queue.push(event);
    else if (event.step === "offer") this.#offers.add(event);
    else if (event.step === "cancel") this.#offers.withdraw(event);
  }

  #refused(ref: string | undefined, message: string): boolean {
    const queue = ref === undefined ? undefined : this.#refusals.get(ref);
    queue?.fail(new EndedByOther(message));
    return queue !== undefined;
  }

  /** Follows the steps of a transfer until the result is disposed of. */
  #open(id: string): { readonly queue: StepQueue } & Disposable {
    const queue = new StepQueue();
    this.#queues.set(id, queue);
    return { queue, [Symbol.dispose]: () => void this.#queues.delete(id) };
  }

  /** Returns false while there is no connection. The other client then waits until its time is over. */
  #tell(to: string, id: string, step: Step, ref?: string): boolean {
    return this.#options.client().command({ type: "direct", to, id, ...step, ...ref !== undefined && { ref } });
  }

  /** Resolves when the other member accepts. */
  async #offer(
    { to, id, name, size }: { readonly to: string; readonly id: string; readonly name: string; readonly size: number },
    queue: StepQueue,
    transfer: FileTransfer,
  ): Promise<void> {
    const ref = `straight-${id}`;
    this.#refusals.set(ref, queue);
    try {
      if (!this.#tell(to, id, { step: "offer", name, size }, ref)) throw new Error("There is no connection right now");
      transfer.wait(`${to} has not accepted yet`);
      const answer = await this.#next(queue, transfer);
      queue.partner = answer.from.id;
      if (answer.step === "accept") return;
      throw new EndedByOther(answer.step === "decline" ? `${to} has declined it` : endText(to, answer));
    } finally {
      this.#refusals.delete(ref);
    }
  }

  async #share(
    source: FileSource,
    { to, id }: { readonly to: string; readonly id: string },
    queue: StepQueue,
    transfer: FileTransfer,
  ): Promise<void> {
    const { ports, clock, newId } = this.#options;
    transfer.wait("reading it for its SHA-256");
    const sha256 = await this.#hashOf(source, transfer.signal);
    const listener = await ports.listen();
    const token = newId().replaceAll("-", "");
    let sent = 0;
    const progress = (bytes: number) => transfer.progress(sent = Math.max(sent, bytes));
    using _share = new FileShare({ listener, source, token, clock, progress });
    const { hosts, port, certificate } = listener;
    this.#tell(to, id, { step: "ready", hosts: [...hosts], port, certificate, token, sha256 });
    transfer.wait(undefined);
    for (;;) {
      const end = await this.#next(queue, transfer, () => sent);
      if (end.step === "done") return;
      // Another device of the receiver answers the same offer.
      if (end.step !== "accept" && end.step !== "decline") throw new EndedByOther(endText(to, end));
    }
  }

  async #hashOf(source: FileSource, signal: AbortSignal): Promise<string> {
    const hash = this.#options.makeHash();
    const buffer = new Uint8Array(Math.min(FILE_PIECE_BYTES, source.size));
    for (let at = 0; at < source.size;) {
      signal.throwIfAborted();
      const count = await source.read(at, buffer.subarray(0, source.size - at));
      if (count === 0) throw new Error(`File ${source.name} has become shorter`);
      hash.update(buffer.subarray(0, count));
      at += count;
    }
    return hash.digest();
  }

  async #fetch(
    { id, from, size }: StraightOffer,
    openSink: (sha256: string) => Promise<FileSink>,
    queue: StepQueue,
    transfer: FileTransfer,
  ): Promise<string> {
    transfer.wait(`${from.name} prepares it`);
    const { place, token, sha256 } = readyPlace(await this.#next(queue, transfer), from.name);
    transfer.wait(undefined);
    const { ports, clock } = this.#options;
    const { progress, signal } = transfer;
    const sink = await openSink(sha256);
    const ended = new AbortController();
    try {
      const moved = () => sink.size;
      const openLink = dialAny({ ports, place, clock, name: from.name, hasBegun: () => moved() > 0 });
      const fetch = () => Promise.resolve({ path: sharePath(token) });
      const download = new FileDownload({ openLink, clock, signal, progress, sink, fetch, file: { id, size, sha256 } });
      const cancelled = this.#cancelled(queue, from.name, ended.signal);
      return await Promise.race([transfer.retry(() => download.attempt(), moved), cancelled]);
    } catch (error) {
      // Ends the download if the sender has cancelled.
      if (error instanceof EndedByOther) transfer.cancel();
      throw error;
    } finally {
      ended.abort();
      sink.close();
    }
  }

  /** Rejects when the sender cancels; never resolves. */
  async #cancelled(queue: StepQueue, name: string, signal: AbortSignal): Promise<never> {
    for (;;) {
      const step = await queue.next(signal).catch(() => new Promise<never>(() => {}));
      if (step.step === "cancel") throw new EndedByOther(endText(name, step));
    }
  }

  /** The next step. Rejects after `DIRECT_WAIT_MS` in which `moved` has not changed. */
  async #next(queue: StepQueue, { signal }: FileTransfer, moved: () => number = () => 0): Promise<DirectEvent> {
    const late = new AbortController();
    const done = new AbortController();
    const watch = (before: number) =>
      this.#options.clock.after(DIRECT_WAIT_MS, () => {
        if (moved() === before) late.abort(new Error(`Nothing happened for ${DIRECT_WAIT_MS / 60_000} minutes`));
        else watch(moved());
      }, done.signal);
    watch(moved());
    const cancel = () => late.abort(new TransferError("cancelled", "Cancelled"));
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      return await queue.next(late.signal);
    } finally {
      done.abort();
      signal.removeEventListener("abort", cancel);
    }
  }
}

/** The other member has ended the transfer: they need not be told. */
class EndedByOther extends Error {}

function endText(name: string, { step, text }: DirectEvent): string {
  const why = text === undefined ? "" : `: ${sanitizeLine(text)}`;
  return step === "failed" ? `${name} could not receive it${why}` : `${name} has cancelled it${why}`;
}

/** The place at which the sender listens. Throws an Error for users. */
function readyPlace(
  event: DirectEvent,
  name: string,
): { readonly place: StraightPlace; readonly token: string; readonly sha256: string } {
  const { step, hosts, port, certificate, token, sha256 } = event;
  if (step !== "ready") throw new EndedByOther(endText(name, event));
  if (hosts && port && certificate && token && sha256) return { place: { hosts, port, certificate }, token, sha256 };
  throw new Error(`${name} does not say where the file is`);
}
