/** What a simulated client does beside its messages. */

import type { Hashed } from "../../src/core/effect.ts";
import type { HubOp } from "../../src/core/hub_op.ts";
import type { ServerEvent } from "../../src/protocol/messages/messages.ts";
import type { Counts } from "./fault_counts.ts";
import type { Random } from "../helpers/random.ts";
import type { VirtualTime } from "./virtual_time.ts";

/** The `ref` of commands for whose answers nobody waits begins so. */
export const OTHER_REF = "other";

/** What a server keeps of a command for itself: how a password is hashed. */
export interface LocalSecret {
  readonly hash: (against: string | undefined) => Hashed;
}

/** The client of an activity. */
export interface ActivityHost {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly counts: Counts;
  /** A name that no other client has. */
  readonly id: string;
  /** Says a command with a new `ref`, which it returns. */
  say(command: object, secret?: LocalSecret): string;
  /** Has the server of the connection submit an op. Returns false without a connection. */
  submit(op: HubOp): boolean;
  /** Sends a message until it is acknowledged, as all others. */
  post(room: string, file: object): void;
}

/** One kind of commands. Most begin something that an event or a later command goes on with. */
export interface ClientActivity {
  /** Says something about this room. */
  act(room: string): void;
  take(event: ServerEvent): void;
  /** The connection is over. */
  end(): void;
}
