import type { MergedPage } from "../../core/commands/merge/mod.ts";
import type { Effect } from "../../core/effect.ts";
import type { HubOp } from "../../core/hub_op.ts";
import { TokenBucket } from "../../core/state/token_bucket.ts";
import type { Batch, HistoryStore } from "../../history/store.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_FOLLOWERS, MERGED_ENTRIES_BURST, MERGED_ENTRIES_PER_SECOND } from "../../protocol/limits.ts";
import type { HostMessage, KeptChannel } from "../../protocol/hosts/copy_messages.ts";
import { UnprovenLinks } from "../links/unproven_links.ts";
import type { Log } from "../monitor/log_events.ts";
import type { ServerNames } from "../turn/key_proof.ts";
import type { CopyAccess } from "./copy_access.ts";
import type { EffectGate, IsAlone } from "./effect_gate.ts";
import { CopyMerger } from "./copy_merger.ts";
import { CopyShare } from "./copy_share.ts";
import { Follower } from "./follower.ts";
import { HeldEffects } from "./held_effects.ts";
import type { HostedOptions } from "./hosted_options.ts";

export interface CopyDeskOptions {
  readonly hosted: HostedOptions;
  readonly history: HistoryStore;
  readonly access: CopyAccess;
  readonly names: ServerNames;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** Submits the ops. Resolves when all their effects are shown; `applied` gets those of each op before. */
  readonly settle: (ops: readonly HubOp[], local: { applied(effects: readonly Effect[]): void }) => Promise<void>;
  readonly log: Log;
  /** Called after effects were shown that had waited. */
  readonly shown: () => void;
  /** Returns the result of `work`. If it throws, ends the server and returns `undefined`. */
  readonly guard: <T>(work: () => T) => T | undefined;
}

/** A follower with the connection over which it gets its copy. */
export interface Following {
  readonly follower: Follower;
  /** Sends in pages what the follower lacks, if it does not do so already. */
  readonly page: () => void;
}

/** All followers of the host: what is stored here goes to them, and effects wait for the first of them. */
export class CopyDesk implements EffectGate {
  readonly #options: CopyDeskOptions;
  readonly #following = new Set<Following>();
  readonly #held: HeldEffects;
  readonly #unproven = new UnprovenLinks();
  /** By member. Only the few members whom the owner lets follow have one. */
  readonly #merging = new Map<string, TokenBucket>();

  constructor(options: CopyDeskOptions) {
    this.#options = options;
    const { monotonic, shown } = options;
    this.#held = new HeldEffects({ followers: () => this.#followers(), monotonic, shown });
  }

  *#followers(): Iterable<Follower> {
    for (const { follower } of this.#following) yield follower;
  }

  get chat(): string {
    return this.#options.history.serverId;
  }

  get term(): number {
    return this.#options.hosted.term;
  }

  get names(): ServerNames {
    return this.#options.names;
  }

  /** Followers that have all that they may have. */
  get currentCopies(): number {
    return [...this.#followers()].filter(({ isCurrent }) => isCurrent).length;
  }

  get isHolding(): boolean {
    return this.#held.isHolding;
  }

  monotonic(): number {
    return this.#options.monotonic();
  }

  guard<T>(work: () => T): T | undefined {
    return this.#options.guard(work);
  }

  /** Ends the server. */
  fail(error: unknown): void {
    this.guard(() => {
      throw error;
    });
  }

  pass(batch: Batch | undefined, show: (isAlone: IsAlone) => void): void {
    this.#held.pass(batch, show);
    if (batch !== undefined) { for (const { page } of this.#following) page(); }
  }

  settled(): Promise<void> {
    return this.#held.settled();
  }

  close(): void {
    this.#held.close();
  }

  /** Called once a second. */
  tick(): void {
    this.#held.tick();
  }

  /** Counts a connection that has proved nothing yet. Returns how to take it back, once; `undefined` if there are too many. */
  enter(address: string | undefined): (() => void) | undefined {
    return this.#unproven.enter(address);
  }

  /** Returns the follower with this key, which the connection has proved. Throws `forbidden` or `server_full`. */
  add(key: string, link: FollowerLink): Following {
    const { hosted, access, history } = this.#options;
    const memberId = access.memberWithKey(key);
    if (memberId === undefined || !hosted.mayFollow(key)) {
      throw new ProtocolError("forbidden", "The owner of the chat has not allowed you to keep a copy of it");
    }
    if (this.#following.size >= MAX_FOLLOWERS) {
      throw new ProtocolError("server_full", `The chat has ${MAX_FOLLOWERS} copies already: no more are kept`);
    }
    const follower = new Follower({ memberId, access, history, send: link.send });
    const following = { follower, page: () => link.page(follower) };
    this.#following.add(following);
    return following;
  }

  /** Returns the merger of the other order of a follower that has these channels. */
  merger({ follower: { memberId } }: Following, kept: readonly KeptChannel[], send: (message: HostMessage) => void) {
    const { access, history, monotonic, log } = this.#options;
    const rate = { burst: MERGED_ENTRIES_BURST, perSecond: MERGED_ENTRIES_PER_SECOND };
    const bucket = this.#merging.get(memberId) ?? new TokenBucket(rate, monotonic());
    this.#merging.set(memberId, bucket);
    const count = (offered: number) => {
      if (bucket.take(monotonic(), offered) === 0) return;
      throw new ProtocolError("rate_limited", "The host has merged many entries of this copy: come back later");
    };
    const merge = (pages: readonly MergedPage[]) => this.#merge(pages);
    const merged = (entries: number, left: number) => log("info", "merged", { member: memberId, entries, left });
    return new CopyMerger({
      ...{ kept, access, history, count, merge, merged, send },
      share: new CopyShare(memberId, access),
    });
  }

  /** Resolves with the ids of the entries that were added. */
  async #merge(pages: readonly MergedPage[]): Promise<ReadonlySet<string>> {
    const added = new Set<string>();
    const applied = (effects: readonly Effect[]) => {
      for (const effect of effects) if (effect.type === "append") added.add(effect.message.id);
    };
    await this.#options.settle(pages.map((page) => ({ op: "merge", page })), { applied });
    return added;
  }

  remove(following: Following): void {
    this.#following.delete(following);
    following.follower.fallBehind();
    this.#held.check();
  }

  /** A follower has stored a copy. */
  stored(): void {
    this.#held.check();
  }
}

/** The connection of a follower. */
export interface FollowerLink {
  /** Queues a message. */
  readonly send: (json: string) => void;
  /** Sends in pages what the follower lacks, if it does not do so already. */
  readonly page: (follower: Follower) => void;
}
