import type { RosterStatement } from "../../protocol/hosts/roster_statement.ts";
import type { HostsEvent } from "../../protocol/messages/messages.ts";

/** The program that hosts, as clients see it. */
export interface HostDevice {
  /** Its device key, which the roster lists. */
  readonly key: string;
  /** The name of its member. */
  readonly name: string;
}

/** The options of a server that hosts a shared chat. */
export interface HostedOptions {
  /** The chat's key. */
  readonly chatKey: string;
  /** A number that rises with each host of the chat. */
  readonly term: number;
  readonly host: HostDevice;
  /** The statements that say who owns the chat and who may host it. */
  readonly roster: () => readonly RosterStatement[];
  /** Signs a text with the key of `host`. Returns the signature in base64url. */
  readonly sign: (text: string) => string;
  /** Whether the owner of this key may keep a copy of the chat. */
  readonly mayFollow: (key: string) => boolean;
  /** The candidates that host next, in that order. Called once a second. */
  readonly candidates: () => HostsEvent["candidates"];
  /** Begins to hand the chat over to the candidate with this key or member id, or of this name. Throws a `ProtocolError` if that cannot be. */
  readonly handOver: (to: string) => void;
}
