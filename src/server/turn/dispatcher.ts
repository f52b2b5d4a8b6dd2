import type { Effect } from "../../core/effect.ts";
import { errorEvent } from "../../protocol/messages/messages.ts";
import { isQuery } from "../../core/commands/command_table.ts";
import { needsStoredEffects } from "../../core/hub_options.ts";
import { StoreError } from "../../history/store.ts";
import { FATAL_ERROR_CODES, ProtocolError } from "../../protocol/errors.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import type { Frame } from "../../transports/connection.ts";
import { type Log, stackOf } from "../monitor/log_events.ts";
import type { Peer } from "../connection/peer.ts";
import { checkKey, type ServerNames } from "./key_proof.ts";
import { isLocal, type LocalCommands } from "./local_commands.ts";
import type { Query } from "./query_queue.ts";
import type { SecretKeeper } from "./secret_keeper.ts";

export interface DispatcherOptions {
  readonly hub: Pick<SecretKeeper, "handle" | "isWaiting">;
  readonly local: LocalCommands;
  readonly log: Log;
  readonly names: ServerNames;
  /** Performs these effects now, and empties the list. */
  readonly perform: (effects: Effect[]) => void;
  /** Ends the server, because the store has failed. */
  readonly fail: (error: unknown) => void;
}

/** Has the hub decide on the commands of peers, and answers frames and commands that are not valid with an error. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  /** Whether the last command may have contained a password. */
  #hadPassword = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /**
   * Handles frames up to the first query, or the first password that must be checked. Returns that query and the remaining
   * frames: the caller adds them to the queue.
   */
  take(peer: Peer, frames: readonly Frame[], now: number, effects: Effect[]): Query[] {
    if (this.#options.hub.isWaiting(peer.id)) return toQueries(frames);
    // The meaning of a plain-text line can depend on the outcome of the previous one.
    const isEager = peer.format.name === "plain";
    for (let index = 0; index < frames.length && !peer.closing; index++) {
      const command = this.#decide(peer, frames[index]!, now, effects);
      if (command !== undefined) return [{ command }, ...toQueries(frames.slice(index + 1))];
      if (isEager) this.#options.perform(effects);
      if (this.#hadPassword && this.#options.hub.isWaiting(peer.id)) return toQueries(frames.slice(index + 1));
    }
    return NO_QUERIES;
  }

  /** Runs a query, or handles a frame that waited for one. */
  run(peer: Peer, query: Query, now: number, effects: Effect[]): void {
    const command = "command" in query ? query.command : this.#decide(peer, query.frame, now, effects);
    if (command !== undefined) this.#attempt(peer, effects, () => this.#handle(peer, command, now, effects));
  }

  /** Handles a frame. Returns its command instead if that is a query; no frame holds more than one command. */
  #decide(peer: Peer, frame: Frame, now: number, effects: Effect[]): ClientCommand | undefined {
    return this.#attempt(peer, effects, () => {
      const commands = peer.decode(frame);
      if (commands === "closed") return this.#leave(peer, effects);
      for (const command of commands) {
        if (isQuery(command)) return command;
        this.#handle(peer, command, now, effects);
      }
    });
  }

  #attempt<T>(peer: Peer, effects: Effect[], work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof ProtocolError) this.#reject(peer, error, effects);
      else if (error instanceof StoreError) this.#options.fail(error);
      else this.#abort(peer, error);
    }
  }

  /** Ends the connection after the effects of earlier commands. */
  #leave(peer: Peer, effects: Effect[]): undefined {
    effects.push({ type: "close", session: peer.id, reason: "left" });
  }

  #handle(peer: Peer, command: ClientCommand, now: number, effects: Effect[]): void {
    const { hub, local, names, perform } = this.#options;
    if (isLocal(command)) return void effects.push(...local.answer(peer, command, now));
    if (command.type === "join" || command.type === "link") checkKey(peer, command, names);
    this.#hadPassword = command.type === "join" || command.type === "auth" || command.type === "register";
    // The command may need a message of this turn, which is only found in the store.
    if (needsStoredEffects(command)) perform(effects);
    for (const effect of hub.handle(peer.id, command, now)) effects.push(effect);
    // A room of the same name may follow in this turn, and must not find the messages of the removed one.
    if (command.type === "remove") perform(effects);
  }

  /** Sends the error after the effects of earlier frames. A fatal one ends the connection. */
  #reject(peer: Peer, error: ProtocolError, effects: Effect[]): void {
    effects.push({ type: "send", session: peer.id, event: errorEvent(error, error.details.ref) });
    if (FATAL_ERROR_CODES.has(error.code)) {
      effects.push({ type: "close", session: peer.id, reason: "refused" });
    }
  }

  /** An internal error is logged and closes only this connection. */
  #abort(peer: Peer, error: unknown): void {
    this.#options.log("error", "internal error", { peer: peer.connection.source.peer, stack: stackOf(error) });
    peer.connection.abort();
  }
}

const NO_QUERIES: Query[] = [];

function toQueries(frames: readonly Frame[]): Query[] {
  return frames.map((frame) => ({ frame }));
}
