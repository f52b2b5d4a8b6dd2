import { systemClock } from "../../client/clock.ts";
import { LEFT, linkEndOfGoodbye } from "../../client/link/link_end.ts";
import { ServerLink } from "../../client/link/server_link.ts";
import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Connection } from "../../transports/connection.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";

type Answer<T extends ServerEvent["type"]> = Extract<ServerEvent, { readonly type: T }>;

/** Sends one command after another over a connection that has not joined. */
export class RequestClient implements Disposable {
  readonly #link: ServerLink;
  readonly #lost: Promise<never>;
  #asked = Promise.withResolvers<ServerEvent>();
  #refs = 0;
  #lastError: string | undefined;
  #servers: readonly string[] = [];

  /** Takes over the connection and closes it when disposed of. */
  constructor(connection: Connection) {
    this.#link = new ServerLink({ connection, clock: systemClock, onLine: (_, event) => this.#take(event) });
    this.#lost = this.#link.ended.then(({ reason }) => {
      throw new Failure(EXIT.lost, sanitizeLine(this.#lastError ?? reason));
    });
    this.#lost.catch(() => {});
    this.#link.open();
  }

  /**
   * Resolves with the answer of that type. Rejects with a failure if the server refuses or is gone.
   * One command at a time.
   */
  async ask<T extends ServerEvent["type"]>(command: ClientCommand, type: T): Promise<Answer<T>> {
    this.#asked = Promise.withResolvers();
    this.#link.send({ ...command, ref: String(++this.#refs) });
    const answer = await Promise.race([this.#asked.promise, this.#lost]);
    if (answer.type === "error") throw new Failure(EXIT.refused, sanitizeLine(answer.message));
    if (answer.type === type) return answer as Answer<T>;
    throw new Failure(EXIT.refused, `The server gave no answer to ${command.type}: it may be an older version`);
  }

  /** The servers of the chat, as the server lists them: after the first answer. */
  get servers(): readonly string[] {
    return this.#servers;
  }

  [Symbol.dispose](): void {
    this.#link.end(LEFT);
  }

  #take(event: ServerEvent | undefined): void {
    if (event === undefined) return;
    if (event.type === "welcome") this.#servers = event.servers ?? [];
    if (event.type === "error") this.#lastError = event.message;
    if ("ref" in event && event.ref === String(this.#refs)) this.#asked.resolve(event);
    else if (event.type === "goodbye") this.#link.end(linkEndOfGoodbye(event, this.#lastError));
  }
}
