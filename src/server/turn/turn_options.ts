import { Hub, type HubOptions } from "../../core/hub.ts";
import type { FileOptions } from "../../core/hub_options.ts";
import type { OpMachine, OpOrder } from "../../core/op_order.ts";
import { DAY_SECONDS } from "../../core/state/token_bucket.ts";
import type { FileStore } from "../../files/file_store.ts";
import type { HistoryStore } from "../../history/store.ts";
import type { HostedOptions } from "../copies/hosted_options.ts";
import type { ServerLinks } from "../links/server_links.ts";
import type { Log } from "../monitor/log_events.ts";
import type { ServerNames } from "./key_proof.ts";
import { digest, newSeed, newToken } from "./ids.ts";
import { accessOptions, type AccessSecrets, SecretKeeper, type SecretSource } from "./secret_keeper.ts";

/** Options that the server passes to the hub unchanged. */
export type HubChoices = Pick<HubOptions, "rate" | "maxRooms" | "roomsPerMember" | "maxCalls">;

export interface TurnOptions extends HubChoices, Pick<SecretSource, "newWords"> {
  readonly title: string;
  readonly version: string;
  readonly history: HistoryStore;
  /** Without it the server is open, and no password makes an owner. */
  readonly access?: AccessSecrets;
  /** Binary logarithm of the cost of each password hash; tests need cheap ones. */
  readonly hashCost?: number;
  readonly log: Log;
  /** Without it, or without its `limits`, no member can send a file. */
  readonly files?: { readonly store: FileStore; readonly limits?: FileOptions };
  /** Host names of this server, besides addresses and `localhost`. */
  readonly webHosts?: readonly string[];
  /** Returns the addresses of all servers of the chat, this one first, for `welcome`. Called often. Default: there is only this one. */
  readonly servers?: () => readonly string[];
  /** The links to the other servers of a cluster, which carry signals to their sessions. */
  readonly links?: Pick<ServerLinks, "send">;
  /** Makes the order that this server shares with others. Without it ops are applied at once. */
  readonly order?: (machine: OpMachine) => OpOrder;
  /** Present if this server hosts a shared chat, whose followers keep copies. Never together with `order`. */
  readonly hosted?: HostedOptions;
  /** The image of the hub in the last checkpoint of the store, from which this server goes on. */
  readonly image?: object | undefined;
}

/** The options of the server's hub. In a cluster it reads what the history retains at the time `now` returns: that of the log. */
export function hubOptions(options: TurnOptions, now: () => number): HubOptions {
  const { history, title: name, version, rate, maxRooms, roomsPerMember, maxCalls, access, files } = options;
  return {
    ...{ rate, maxRooms, roomsPerMember, maxCalls },
    access: access && accessOptions(access),
    files: files?.limits,
    server: { id: history.serverId, name, version },
    historyReader: history.retained?.(now) ?? history,
    seed: newSeed(),
  };
}

/** Makes the hub of a server: from an image, or from what the store has. */
export function newHub({ history, image }: TurnOptions, options: HubOptions): Hub {
  if (image !== undefined) return Hub.restore(options, image);
  return new Hub({ ...options, rooms: history.rooms(), records: history.records() });
}

/** Makes the keeper of its secrets. */
export function newSecretKeeper(
  hub: Hub,
  { history, newWords, access, files }: TurnOptions,
  now: () => number,
): SecretKeeper {
  const usedBytes = (memberId: string) => ({
    all: files?.store.usedBytes ?? 0,
    ofMember: files === undefined ? 0 : history.files.bytesOf(memberId, now() - 1_000 * DAY_SECONDS),
  });
  const source = { chat: history.serverId, newToken, newWords, newSalt: newToken, digest, usedBytes };
  return new SecretKeeper(hub, source, access);
}

/** The names of the server, to which clients prove their keys. */
export function serverNames({ history, webHosts }: TurnOptions): ServerNames {
  return { chat: history.serverId, hosts: new Set(webHosts?.map((host) => host.toLowerCase())) };
}
