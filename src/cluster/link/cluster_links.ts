import { type ClusterAdmin, serveAdmin } from "./admin_requests.ts";
import type { FileStore } from "../../files/file_store.ts";
import { MAX_NEWCOMER_LINKS } from "../../protocol/limits.ts";
import type { FrameChannel, FrameSink, LinkNote, NoteReceiver, ServerLinks } from "../../server/links/server_links.ts";
import { type DialServer, keepLink, type OtherServer } from "./link_dialer.ts";
import { LinkFault, RequestRefused } from "./wire/link_fault.ts";
import type { LinkRequest } from "./wire/link_frames.ts";
import { type LinkParts, openClusterLink, type OpeningLink } from "./wire/link_opener.ts";
import { LinkTable } from "./link_table.ts";
import { LinkedBlobs } from "./linked_blobs.ts";
import type { AnswerSource } from "./wire/answer_sender.ts";
import type { RandomBytes } from "./wire/sealed_channel.ts";
import type { ClusterSecret } from "./wire/sealed_frames.ts";
import type { ClusterLink, LinkClock } from "./wire/cluster_link.ts";
import { UnprovenLinks } from "../../server/links/unproven_links.ts";

/** Gives copies of the database to servers that join. */
export interface SnapshotSource {
  /** Copies the database as of the last checkpoint. The caller closes the copy, which removes it. One call at a time. */
  open(): Promise<Pick<AnswerSource, "size" | "read" | "close">>;
}

/** An event of a link, for the log. `server`: an incarnation. */
export type LinkReport =
  | { readonly type: "opened"; readonly server: number }
  | { readonly type: "lost"; readonly server: number; readonly reason: string }
  | { readonly type: "not opened"; readonly server: number; readonly address: string; readonly reason: string }
  | { readonly type: "refused"; readonly address: string | undefined; readonly reason: string };

export interface ClusterLinksOptions {
  readonly secret: ClusterSecret;
  readonly dial: DialServer;
  readonly clock: LinkClock;
  readonly randomBytes: RandomBytes;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Absent if the server takes no files. The opener closes it after this. */
  readonly store?: FileStore | undefined;
  /** Makes UUIDs. */
  readonly newId: () => string;
  /** Absent if the server has no database. */
  readonly snapshots?: SnapshotSource | undefined;
  readonly admin?: ClusterAdmin | undefined;
  readonly report: (report: LinkReport) => void;
}

/** This server and the other live servers of the cluster. */
export interface ClusterMembers {
  /** The incarnation of this server. */
  readonly own: number;
  readonly others: readonly OtherServer[];
}

/** Keeps the link to one server. */
interface Keeper {
  /** The server's addresses, joined. */
  readonly addresses: string;
  readonly end: AbortController;
}

/** The links of one server to all others of its cluster. Without `update` it accepts none and dials none. */
export class ClusterLinks implements ServerLinks {
  readonly blobs: LinkedBlobs;
  readonly #options: ClusterLinksOptions;
  readonly #parts: LinkParts;
  readonly #table = new LinkTable();
  readonly #unproven = new UnprovenLinks();
  readonly #newcomers = new Set<ClusterLink>();
  /** The keeper of the link to each server. */
  readonly #keepers = new Map<number, Keeper>();
  /** Keepers and accepted links that have not ended. */
  readonly #running = new Set<Promise<void>>();
  /** Accepted links that have proved nothing yet. */
  readonly #openings = new Set<OpeningLink>();
  #own = 0;
  /** The highest incarnation that was ever named. A server of a higher one has joined, and this one does not know it yet. */
  #highest = 0;
  #receiver: NoteReceiver | undefined;
  #isCopying = false;
  #isClosed = false;

  constructor(options: ClusterLinksOptions) {
    this.#options = options;
    const { secret, clock, randomBytes: random, store, newId } = options;
    this.#parts = {
      ...{ secret, clock, random },
      serve: (request, link) => this.#serve(request, link),
      note: (note, { other }) => other === 0 ? undefined : this.#receiver?.take(other, note),
    };
    this.blobs = new LinkedBlobs({
      target: store && { store, newId },
      clock,
      links: () => this.#table.links,
      servers: () => this.#keepers.size,
    });
  }

  /** The incarnations of the servers to which there is a link. */
  get linked(): number[] {
    return this.#table.links.map(({ other }) => other);
  }

  attach(receiver: NoteReceiver): void {
    this.#receiver = receiver;
  }

  send(server: number, note: LinkNote): boolean {
    return this.#table.get(server)?.note(note) ?? false;
  }

  /** Resolves when there is a link to the server, or the signal is aborted. */
  until(server: number, signal: AbortSignal): Promise<void> {
    return this.#table.until(server, true, signal);
  }

  /** Says which servers live now. With a new incarnation of this server, all links end and begin again. */
  update({ own, others }: ClusterMembers): void {
    if (this.#isClosed) return;
    if (own !== this.#own) this.#endAll(new LinkFault("closed", "The server has a new incarnation"));
    this.#own = own;
    this.#highest = Math.max(this.#highest, own, ...others.map(({ server }) => server));
    const living = new Map(others.map((other) => [other.server, other]));
    for (const [server, keeper] of this.#keepers) {
      if (living.get(server)?.addresses.join() === keeper.addresses) continue;
      keeper.end.abort();
      this.#keepers.delete(server);
    }
    for (const link of this.#table.links) {
      if (!living.has(link.other) && link.other <= this.#highest) link.close(GONE);
    }
    for (const other of living.values()) if (!this.#keepers.has(other.server)) this.#keep(other);
  }

  #keep(other: OtherServer): void {
    const end = new AbortController();
    this.#keepers.set(other.server, { addresses: other.addresses.join(), end });
    const { dial, random } = this.#options;
    const own = this.#own;
    const kept = keepLink(
      {
        ...{ parts: this.#parts, table: this.#table, dial, random, own },
        proven: (link) => this.#add(link, true),
        failed: ({ server }, address, error) =>
          this.#report({ type: "not opened", server, address, reason: reasonOf(error) }),
      },
      other,
      end.signal,
    );
    const done = kept.finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  accept(channel: FrameChannel, proven: () => void): FrameSink | undefined {
    const leave = this.#own === 0 || this.#isClosed ? undefined : this.#unproven.enter(channel.address);
    if (leave === undefined) return undefined;
    const opening = openClusterLink(this.#parts, {
      channel,
      role: "listener",
      own: this.#own,
      admit: (other) => this.#check(other),
      proven: (link) => {
        leave();
        this.#add(link, false);
        proven();
      },
    });
    this.#openings.add(opening);
    const settled = opening.link.finally(() => this.#openings.delete(opening)).then(({ closed }) => closed).catch(
      (error) => {
        leave();
        const { address } = channel;
        if (isOfInterest(error)) this.#report({ type: "refused", address, reason: reasonOf(error) });
      },
    ).then(() => void this.#running.delete(settled));
    this.#running.add(settled);
    return opening.sink;
  }

  /** Throws a `LinkFault` if there may be no link to that server. */
  #check(other: number): void {
    if (this.#isClosed || (other !== 0 && other <= this.#highest && !this.#keepers.has(other))) throw GONE;
    if (other === 0 && this.#newcomers.size >= MAX_NEWCOMER_LINKS) {
      throw new LinkFault("slow", "Too many servers join at the same time");
    }
  }

  #add(link: ClusterLink, isDialed: boolean): void {
    this.#check(link.other);
    if (link.other === 0) return this.#addNewcomer(link);
    if (!this.#table.add(link, isDialed, this.#own)) return;
    this.#report({ type: "opened", server: link.other });
    void link.closed.then((fault) => this.#lose(link, fault));
  }

  #lose(link: ClusterLink, fault: LinkFault): void {
    this.#receiver?.lost(link.other);
    if (this.#table.delete(link)) this.#report({ type: "lost", server: link.other, reason: fault.message });
  }

  #addNewcomer(link: ClusterLink): void {
    this.#newcomers.add(link);
    void link.closed.then(() => this.#newcomers.delete(link));
  }

  async #serve(request: LinkRequest, link: ClusterLink): Promise<AnswerSource> {
    switch (request.ask) {
      case "snapshot":
        return await this.#copyDatabase();
      case "blob":
        return await this.blobs.open(request.sha256);
      case "hold":
        if (link.other === 0) throw new RequestRefused("failed");
        return await this.blobs.hold(link, request);
      case "status":
      case "secrets":
      case "remove":
        return serveAdmin(request, this.#options.admin);
      default:
        return request satisfies never;
    }
  }

  /** One copy at a time. */
  async #copyDatabase(): Promise<AnswerSource> {
    const { snapshots } = this.#options;
    if (snapshots === undefined) throw new RequestRefused("failed");
    if (this.#isCopying) throw new RequestRefused("busy");
    this.#isCopying = true;
    try {
      const copy = await snapshots.open();
      return {
        size: copy.size,
        isHashed: true,
        read: (offset, buffer) => copy.read(offset, buffer),
        close: () => {
          copy.close();
          this.#isCopying = false;
        },
      };
    } catch (error) {
      this.#isCopying = false;
      throw error;
    }
  }

  #endAll(fault: LinkFault): void {
    for (const { end } of this.#keepers.values()) end.abort();
    this.#keepers.clear();
    for (const link of [...this.#table.links, ...this.#newcomers]) link.close(fault);
  }

  #report(report: LinkReport): void {
    if (!this.#isClosed) this.#options.report(report);
  }

  /** Ends all links. Resolves when the store of files is no longer used. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const links = this.#table.links;
    this.#endAll(new LinkFault("closed", "The server ends"));
    for (const opening of this.#openings) opening.close();
    await Promise.all([...this.#running, ...links.map(({ closed }) => closed)]);
    await this.blobs.close();
  }
}

const GONE = new LinkFault("closed", "The server has left the cluster");

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Connections that just end are of no interest: a scan of ports, or a server that ends. */
function isOfInterest(error: unknown): boolean {
  return error instanceof LinkFault && error.kind !== "closed";
}
