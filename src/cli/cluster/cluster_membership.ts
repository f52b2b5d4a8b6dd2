/** The replica of a running server in its cluster, and the server's links to the others. */

import { systemClock } from "../../client/clock.ts";
import { ClusterLinks } from "../../cluster/link/mod.ts";
import type { ClusterFigures } from "../../metrics/cluster_figures.ts";
import { Replica, ReplicaFailure, type ReplicaStatus } from "../../cluster/replica/mod.ts";
import type { FileStore } from "../../files/file_store.ts";
import { StoreError } from "../../history/store.ts";
import type { ServerOptions } from "../../server/server.ts";
import { newSeed } from "../../server/turn/ids.ts";
import { LOG_REPEAT_MS } from "../../protocol/limits.ts";
import { ThrottledLog } from "../../server/monitor/throttled_log.ts";
import type { Log } from "../../server/monitor/log_events.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import { linkParts } from "./cluster_parts.ts";
import { logLinks, logReplica } from "./cluster_reports.ts";
import { dialOtherServer } from "./server_dialer.ts";
import { DatabaseCopies } from "./database_copies.ts";
import type { ServerCertificate } from "../hosting/server_certificate.ts";
import type { StateAt } from "./state_at.ts";

type Machine = Parameters<NonNullable<ServerOptions["order"]>>[0];
type ServerFacts = ConstructorParameters<typeof Replica>[1]["facts"];

export interface MembershipOptions {
  readonly parts: ClusterParts;
  readonly facts: ServerFacts;
  /** The id of the chat. */
  readonly chat: string;
  /** The state that the store had last. */
  readonly saved: StateAt | undefined;
  readonly folder: string;
  readonly store: FileStore | undefined;
  readonly certificate: ServerCertificate | undefined;
  /** The passphrase of a shared server, which is kept in the folder. */
  readonly passphrase: string | undefined;
  readonly log: Log;
}

export class ClusterMembership implements AsyncDisposable {
  readonly links: ClusterLinks;
  readonly #options: MembershipOptions;
  readonly #failed = Promise.withResolvers<ReplicaFailure>();
  readonly #taken = Promise.withResolvers<void>();
  readonly #rare: ThrottledLog;
  /** Ends the clock of `#rare`. */
  readonly #ended = new AbortController();
  #replica: Replica | undefined;

  constructor(options: MembershipOptions) {
    this.#options = options;
    const { parts, store, folder, certificate, passphrase, log } = options;
    this.#rare = new ThrottledLog(log);
    this.#tickRarely();
    const { random, secret } = linkParts(parts.secret);
    this.links = new ClusterLinks({
      secret,
      store,
      dial: dialOtherServer,
      clock: systemClock,
      randomBytes: random,
      random: Math.random,
      newId: () => crypto.randomUUID(),
      snapshots: new DatabaseCopies(folder),
      admin: {
        status: () => this.#replica?.status() ?? {},
        remove: (server) => this.#replica?.remove(server),
        sharedSecrets: () => ({
          ...certificate && { certificate: { cert: certificate.cert, key: certificate.key } },
          ...passphrase !== undefined && { passphrase },
        }),
      },
      report: logLinks(log, this.#rare),
    });
  }

  /** The options by which a server takes part. */
  get serverOptions(): Pick<ServerOptions, "order" | "image" | "links" | "servers" | "pruningClock"> {
    return {
      order: (machine) => this.#newReplica(machine),
      image: this.#options.saved?.image,
      links: this.links,
      servers: () => this.servers,
      pruningClock: () => this.#replica?.clockForPruning ?? 0,
    };
  }

  /** The digest of the options that decide. */
  get settings(): string {
    return this.#options.facts.settings;
  }

  /** Why this server has left the cluster for good. */
  failure: ReplicaFailure | undefined;

  /** Resolves when this server has left the cluster for good. Then it must end. */
  get failed(): Promise<ReplicaFailure> {
    return this.#failed.promise;
  }

  /** Resolves when this server takes part for the first time. */
  get takesPart(): Promise<void> {
    return this.#taken.promise;
  }

  #newReplica(machine: Machine): Replica {
    const { parts, facts, chat, saved, log } = this.#options;
    const replica = new Replica(machine, {
      ...{ log: parts.log, sealer: parts.sealer, chat, facts },
      failed: (failure) => this.#fail(failure),
      checkpoint: saved && { position: saved.position, state: saved.order },
      now: Date.now,
      monotonic: () => performance.now(),
      newSeed,
      after: systemClock.after,
      report: logReplica(log, this.#rare),
      // The replica notes its own part after this call.
      serversChanged: () => queueMicrotask(() => this.#updateLinks()),
    });
    return this.#replica = replica;
  }

  /** The addresses of all servers for clients, this one first. */
  get servers(): readonly string[] {
    const servers = this.status?.servers ?? [];
    const own = this.#options.facts.addresses.slice(0, 1);
    return [...new Set([...own, ...servers.flatMap(({ addresses }) => addresses.slice(0, 1))])];
  }

  /** For metrics and health. */
  get figures(): ClusterFigures | undefined {
    const status = this.status;
    if (status === undefined) return undefined;
    const { incarnation, isStalled, index, skipped, delay, clockDifference, servers } = status;
    return {
      ...{ incarnation, isStalled, skipped, entries: index },
      ...{ delay: delay / 1_000, clockDifference: clockDifference / 1_000 },
      servers: servers.map(({ incarnation, name, addresses, lag, trims }) => ({
        ...{ incarnation, name, lag, trims },
        address: addresses[0] ?? "",
      })),
    };
  }

  get status(): ReplicaStatus | undefined {
    return this.#replica?.status();
  }

  #fail(failure: ReplicaFailure): void {
    const { cause } = failure;
    this.failure = cause instanceof StoreError ? new ReplicaFailure("store", cause.message, cause) : failure;
    this.#failed.resolve(this.failure);
  }

  #updateLinks(): void {
    const { incarnation, servers } = this.#replica!.status();
    const others = servers.filter(({ isSelf }) => !isSelf).map(({ incarnation, addresses }) => ({
      server: incarnation,
      addresses,
    }));
    this.links.update({ own: incarnation ?? 0, others });
    if (incarnation !== undefined) this.#taken.resolve();
  }

  #tickRarely(): void {
    systemClock.after(LOG_REPEAT_MS, () => {
      this.#rare.tick(performance.now());
      this.#tickRarely();
    }, this.#ended.signal);
  }

  /** Ends the links. The server has closed the order before. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    this.#rare.flush();
    await this.links.close();
  }
}
