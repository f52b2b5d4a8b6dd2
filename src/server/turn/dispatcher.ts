import { isQuery } from "../../core/commands/command_table.ts";
import type { Hub } from "../../core/hub.ts";
import type { OpOrder } from "../../core/op_order.ts";
import { StoreError } from "../../history/store.ts";
import { FATAL_ERROR_CODES, ProtocolError } from "../../protocol/errors.ts";
import { type ClientCommand, errorEvent } from "../../protocol/messages/messages.ts";
import type { Frame } from "../../transports/connection.ts";
import { type Log, stackOf } from "../monitor/log_events.ts";
import type { Peer } from "../connection/peer.ts";
import type { LocalPart } from "./hub_machine.ts";
import { checkKey, type ServerNames } from "./key_proof.ts";
import type { QueryPace } from "./queries/query_pace.ts";
import type { Query } from "./queries/query_queue.ts";
import { isLocal, type LocalCommand, type LocalCommands } from "./local_commands.ts";
import { mayHoldSecret, type SecretKeeper } from "./secret_keeper.ts";

export interface DispatcherOptions {
  readonly hub: Pick<Hub, "isWaiting">;
  readonly local: LocalCommands;
  readonly secrets: Pick<SecretKeeper, "prepare">;
  readonly order: OpOrder<LocalPart>;
  readonly log: Log;
  readonly names: ServerNames;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Counts the queries on their way; `undefined` where they are answered at once. */
  readonly pace: QueryPace | undefined;
  /** Ends the server, because the store has failed. */
  readonly fail: (error: unknown) => void;
}

/** Brings the commands of peers into the order, and answers frames and commands that are not valid with an error. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  /** Whether the outcome of the last frame decides how the next one is handled. */
  #mustSettle = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /**
   * Handles frames up to the first query, or the first one whose outcome must be known. Returns that query and the remaining
   * frames: the caller adds them to the queue.
   */
  take(peer: Peer, frames: readonly Frame[]): Query[] {
    if (this.isHeld(peer)) return toQueries(frames);
    for (let index = 0; index < frames.length && !peer.closing; index++) {
      const command = this.#decide(peer, frames[index]!);
      if (command !== undefined) return [{ command }, ...toQueries(frames.slice(index + 1))];
      if (this.#mustSettle && this.#hold(peer)) return toQueries(frames.slice(index + 1));
    }
    return NO_QUERIES;
  }

  /** Runs a query, or handles a frame that waited for one. */
  run(peer: Peer, query: Query): void {
    const command = "command" in query ? query.command : this.#decide(peer, query.frame);
    if (command !== undefined) this.#ask(peer, command);
    if (this.#mustSettle) this.#hold(peer);
  }

  /** Whether the next frames of the peer wait: for a password, or for the outcome of an earlier frame. */
  isHeld(peer: Peer): boolean {
    const { order, hub } = this.#options;
    peer.mustSettle &&= order.isPending(peer.id);
    return peer.mustSettle || hub.isWaiting(peer.id);
  }

  /** Has the peer's next frames wait if the outcome of the last one is not known yet. */
  #hold(peer: Peer): boolean {
    const { order } = this.#options;
    peer.mustSettle = order.isPending(peer.id);
    // The meaning of a plain-text line can depend on what was shown before it.
    if (!peer.mustSettle && isPlain(peer)) {
      order.endTurn();
      peer.mustSettle = order.isPending(peer.id);
    }
    return this.isHeld(peer);
  }

  /** Handles a frame. Returns its command instead if that is a query; no frame holds more than one command. */
  #decide(peer: Peer, frame: Frame): ClientCommand | undefined {
    this.#mustSettle = isPlain(peer);
    return this.#attempt(peer, () => {
      const commands = peer.decode(frame);
      if (commands === "closed") return this.#leave(peer);
      for (const command of commands) {
        if (isQuery(command)) return command;
        this.#handle(peer, command);
      }
    });
  }

  #attempt<T>(peer: Peer, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof ProtocolError) this.#reject(peer, error);
      else if (error instanceof StoreError) this.#options.fail(error);
      else this.#abort(peer, error);
    }
  }

  /** Ends the connection after the effects of earlier commands. */
  #leave(peer: Peer): undefined {
    this.#options.order.show([{ type: "close", session: peer.id, reason: "left" }]);
  }

  #ask(peer: Peer, command: ClientCommand): void {
    this.#attempt(peer, () => this.#handle(peer, command, this.#options.pace));
    this.#mustSettle = true;
  }

  #handle(peer: Peer, command: ClientCommand, pace?: QueryPace): void {
    const { order, names, secrets } = this.#options;
    const session = peer.id;
    if (isLocal(command)) return this.#answer(peer, command);
    // An offer that follows finds the bytes of this file only when the message is stored.
    if (command.type === "message" && command.file !== undefined) this.#mustSettle = true;
    if (!mayHoldSecret(command)) {
      return order.submit({ op: "say", session, command }, pace && { answered: pace.begin() });
    }
    if (command.type === "join" || command.type === "link") checkKey(peer, command, names);
    if ("password" in command) this.#mustSettle = true;
    // The bytes that the member has sent are found in the store.
    if (command.type === "offer") order.endTurn();
    const prepared = secrets.prepare(session, command);
    order.submit({ op: "say", session, command: prepared.command }, {
      origin: prepared.origin,
      answered: pace?.begin(),
    });
  }

  /** While earlier commands are on their way, typing is dropped: it would be judged without them. */
  #answer(peer: Peer, command: LocalCommand): void {
    const { order, local, now } = this.#options;
    if (command.type === "typing" && order.isPending(peer.id)) return;
    const effects = local.answer(peer, command, now());
    if (effects.length > 0) order.show(effects);
  }

  /** Sends the error after the effects of earlier frames. A fatal one ends the connection. */
  #reject(peer: Peer, error: ProtocolError): void {
    const { order } = this.#options;
    order.show([{ type: "send", session: peer.id, event: errorEvent(error, error.details.ref) }]);
    if (FATAL_ERROR_CODES.has(error.code)) order.show([{ type: "close", session: peer.id, reason: "refused" }]);
  }

  /** An internal error is logged and closes only this connection. */
  #abort(peer: Peer, error: unknown): void {
    this.#options.log("error", "internal error", { peer: peer.connection.source.peer, stack: stackOf(error) });
    peer.connection.abort();
  }
}

const NO_QUERIES: Query[] = [];

function isPlain(peer: Peer): boolean {
  return peer.format.name === "plain";
}

function toQueries(frames: readonly Frame[]): Query[] {
  return frames.map((frame) => ({ frame }));
}
