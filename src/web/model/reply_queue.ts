import type { Client } from "../../client/client.ts";
import type { SignatureRecord } from "../../client/delivery/signature_checker.ts";
import type { ClientCommand, ErrorEvent, EventOf, MemberInfo, ServerEvent } from "../../protocol/messages/messages.ts";

export const NOT_CONNECTED = "Not connected: try again when the connection is back";

interface Asked {
  readonly resolve: (event: ServerEvent) => void;
  readonly reject: (error: Error) => void;
}

/** The commands of panels that wait for the server's reply. Each has a `ref` of its own, and their replies are no notes. */
export class ReplyQueue {
  readonly #client: () => Pick<Client, "command">;
  readonly #asked = new Map<string, Asked>();
  #count = 0;
  /** The member whom the last `whois` reply to a panel described. */
  #described: string | undefined;
  #signatures: SignatureRecord | undefined;

  constructor(client: () => Pick<Client, "command">) {
    this.#client = client;
  }

  /** Sends a command, and resolves with its reply. Rejects with an Error for users if it is refused (then the `cause` is the event), or the connection is lost. */
  perform(command: ClientCommand): Promise<ServerEvent> {
    const ref = `panel ${++this.#count}`;
    return new Promise((resolve, reject) => {
      if (!this.#client().command({ ...command, ref })) return reject(new Error(NOT_CONNECTED));
      this.#asked.set(ref, { resolve, reject });
    });
  }

  /** Performs a query whose reply has this type. */
  async ask<K extends ServerEvent["type"]>(command: ClientCommand, type: K): Promise<EventOf<K>> {
    const event = await this.perform(command);
    if (event.type === type) return event as EventOf<K>;
    throw new Error(`The server answered ${command.type} with ${event.type}: reload the page`);
  }

  /** A summary of the signatures of a member's last messages, after the reply to `whois`. */
  signaturesOf({ id }: MemberInfo): SignatureRecord | undefined {
    return id === this.#described ? this.#signatures : undefined;
  }

  /** Returns true if the event is the reply to a panel. */
  received(event: ServerEvent): boolean {
    const asked = this.#take(event);
    if (event.type === "whois") {
      this.#described = asked === undefined ? undefined : event.member.id;
      this.#signatures = undefined;
    }
    asked?.resolve(event);
    return asked !== undefined;
  }

  /** Returns true if the record belongs to the `whois` reply before it, which a panel shows. */
  receivedSignatures({ id }: MemberInfo, record: SignatureRecord): boolean {
    if (id !== this.#described) return false;
    this.#signatures = record;
    return true;
  }

  /** Returns true if the error refuses the command of a panel. */
  failed(error: ErrorEvent): boolean {
    const asked = this.#take(error);
    asked?.reject(new Error(error.message, { cause: error }));
    return asked !== undefined;
  }

  /** The connection is lost: nothing that was asked gets a reply. */
  failAll(): void {
    for (const { reject } of this.#asked.values()) reject(new Error(NOT_CONNECTED));
    this.#asked.clear();
  }

  #take(event: ServerEvent): Asked | undefined {
    const ref = "ref" in event ? event.ref : undefined;
    const asked = ref === undefined ? undefined : this.#asked.get(ref);
    if (ref !== undefined) this.#asked.delete(ref);
    return asked;
  }
}
