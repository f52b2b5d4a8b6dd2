import type { BlobInfo, Upload } from "../../files/file_store.ts";
import {
  HELD_COPY_MS,
  LINK_STALL_MS,
  MAX_FETCHED_FILES,
  MAX_FILES_TO_FETCH,
  MAX_HELD_COPIES,
  MIN_COPY_BYTES_PER_SECOND,
} from "../../protocol/limits.ts";
import type { DistantBlobs, FetchOutcome } from "../../server/links/server_links.ts";
import { type CopyTarget, readerOf, storeCopy } from "./blob_copy.ts";
import { Gate } from "./gate.ts";
import { LinkFault, RequestRefused } from "./wire/link_fault.ts";
import { type AnswerSource, EMPTY_ANSWER } from "./wire/answer_sender.ts";
import type { ClusterLink, LinkClock } from "./wire/cluster_link.ts";

export interface LinkedBlobsOptions {
  /** Absent if the server takes no files. */
  readonly target?: CopyTarget | undefined;
  readonly clock: LinkClock;
  /** The links to other servers of the cluster. */
  readonly links: () => readonly ClusterLink[];
  /** Number of other live servers. */
  readonly servers: () => number;
}

/** Copies that a server asks for at the same time. With those that it fetches and takes, a link has a request for each. */
const COPIES_AT_ONCE = 4;

/** Blobs of other servers over the links to them: fetches them, asks others to take a copy, and takes copies itself. */
export class LinkedBlobs implements DistantBlobs {
  readonly #options: LinkedBlobsOptions;
  readonly #fetches = new Map<string, Promise<FetchOutcome>>();
  readonly #fetchGate = new Gate(MAX_FETCHED_FILES, MAX_FILES_TO_FETCH);
  readonly #copyGate = new Gate(COPIES_AT_ONCE, MAX_FILES_TO_FETCH);
  /** Copies that the chat may not know yet. */
  readonly #held = new Set<Upload>();
  /** Fetches and copies that are under way. They use the store. */
  readonly #running = new Set<Promise<unknown>>();
  readonly #ended = new AbortController();
  #nextCopy = 0;

  constructor(options: LinkedBlobsOptions) {
    this.#options = options;
  }

  fetch(sha256: string, size: number): Promise<FetchOutcome> {
    const running = this.#fetches.get(sha256) ?? this.#begin(sha256, size);
    this.#fetches.set(sha256, running);
    return running;
  }

  #begin(sha256: string, size: number): Promise<FetchOutcome> {
    const fetched = this.#fetchGate.run(() => this.#track(this.#fetch(sha256, size))).then((outcome) =>
      outcome ?? "unreachable"
    );
    const forget = () => this.#fetches.delete(sha256);
    fetched.then(forget, forget);
    return fetched;
  }

  async #fetch(sha256: string, size: number): Promise<FetchOutcome> {
    const { links, servers, target } = this.#options;
    if (target === undefined) return "missing";
    const asked = links();
    let isCertain = asked.length >= servers();
    for (const link of asked) {
      try {
        await (await this.#receive(link, { sha256, size }, target)).close();
        return "stored";
      } catch (error) {
        if (!isOfLink(error)) throw error;
        if (!(error instanceof RequestRefused) || error.reason !== "missing") isCertain = false;
      }
    }
    return isCertain ? "missing" : "unreachable";
  }

  /** Fetches the blob from that server, which lacks it if its bytes are others. */
  async #receive(link: ClusterLink, blob: Pick<BlobInfo, "sha256" | "size">, target: CopyTarget): Promise<Upload> {
    const answer = link.ask({ ask: "blob", sha256: blob.sha256 });
    try {
      if (await answer.size !== blob.size) throw new RequestRefused("missing");
      return await storeCopy(() => answer.read(), blob, target);
    } finally {
      answer.cancel();
    }
  }

  /** `close` waits for the work, which uses the store. */
  async #track<T>(work: Promise<T>): Promise<T> {
    const settled = work.catch(() => {});
    this.#running.add(settled);
    try {
      return await work;
    } finally {
      this.#running.delete(settled);
    }
  }

  async copy(blob: Pick<BlobInfo, "sha256" | "size">): Promise<boolean> {
    return await this.#copyGate.run(() => this.#copy(blob)) ?? false;
  }

  /** Asks one server after the other until one has taken it, each time another one first. */
  async #copy({ sha256, size }: Pick<BlobInfo, "sha256" | "size">): Promise<boolean> {
    const links = this.#options.links();
    const first = this.#nextCopy++ % Math.max(1, links.length);
    const patience = LINK_STALL_MS + 1_000 * size / MIN_COPY_BYTES_PER_SECOND;
    for (const link of [...links.slice(first), ...links.slice(0, first)]) {
      try {
        const answer = link.ask({ ask: "hold", sha256, size }, patience);
        await answer.read();
        return true;
      } catch (error) {
        if (!isOfLink(error)) throw error;
      }
    }
    return false;
  }

  /** Answers the request of another server to fetch this blob from it now. */
  async hold(link: ClusterLink, blob: Pick<BlobInfo, "sha256" | "size">): Promise<AnswerSource> {
    const { target } = this.#options;
    if (target === undefined) throw new RequestRefused("failed");
    if (this.#held.size >= MAX_HELD_COPIES) throw new RequestRefused("busy");
    await this.#track(this.#take(link, blob, target));
    return EMPTY_ANSWER;
  }

  async #take(link: ClusterLink, blob: Pick<BlobInfo, "sha256" | "size">, target: CopyTarget): Promise<void> {
    const own = await target.store.openBlob(blob.sha256);
    try {
      // A blob that is here may be about to be removed. The upload keeps it.
      const upload = own === undefined
        ? await this.#receive(link, blob, target)
        : await storeCopy(readerOf(own), blob, target);
      await this.#keep(upload);
    } finally {
      own?.close();
    }
  }

  /** Keeps the blob until the chat must know it. */
  async #keep(upload: Upload): Promise<void> {
    if (this.#ended.signal.aborted) return await upload.close();
    this.#held.add(upload);
    this.#options.clock.after(HELD_COPY_MS, () => {
      this.#held.delete(upload);
      void upload.close();
    }, this.#ended.signal);
  }

  /** Answers the request of another server for a blob. */
  async open(sha256: string): Promise<AnswerSource> {
    const blob = await this.#options.target?.store.openBlob(sha256);
    if (blob === undefined) throw new RequestRefused("missing");
    return blob;
  }

  /** Resolves when the store is no longer used. The links must have ended. */
  async close(): Promise<void> {
    this.#ended.abort();
    while (this.#running.size > 0) await Promise.all(this.#running);
    await Promise.all(Array.from(this.#held, (upload) => upload.close()));
    this.#held.clear();
  }
}

/** Whether the error is of the link or the other server, and not of this server's own disk. */
function isOfLink(error: unknown): boolean {
  return error instanceof LinkFault || error instanceof RequestRefused;
}
