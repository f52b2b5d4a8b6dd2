import type { Client } from "../../client/client.ts";
import type { ClientEvent, Status } from "../../client/client_event.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import type { PasswordKind } from "../../protocol/errors.ts";
import { promptPassword } from "../args/password_options.ts";
import { complain } from "../platform/standard_io.ts";

type Closed = Extract<Status, { kind: "closed" }>;
export type MakeClient = (onEvent: ClientListener) => Client;

/** What to do where nobody can be asked. */
export const PASSWORD_HINT =
  "Give the password with --password-file FILE or CONFAB_PASSWORD, or paste an invite in place of the address";

/** Whose password is missing or wrong, if the event says that one is. */
export function missingPassword(event: ClientEvent): PasswordKind | undefined {
  if (event.type !== "received" || event.event?.type !== "error") return undefined;
  return event.event.code === "wrong_password" ? event.event.needs ?? "server" : undefined;
}

/** Says what to do where the server lets nobody in without a password. */
export function withHint(make: MakeClient): MakeClient {
  return (listener) => {
    let missing: PasswordKind | undefined;
    return make((event, ...states) => {
      listener(event, ...states);
      missing ??= missingPassword(event);
      const refused = event.type === "status" && event.status.kind === "closed" && event.status.cause === "refused";
      if (missing !== undefined && refused) complain(PASSWORD_HINT);
    });
  };
}

/** A client that is started before there is a view of it. */
export class EarlyClient {
  readonly client: Client;
  /** Resolves when the first attempt has led to something. */
  readonly settled: Promise<Status>;
  #missing: PasswordKind | undefined;
  #early: Parameters<ClientListener>[] = [];
  #listener: ClientListener = (...event) => this.#early.push(event);

  constructor(make: MakeClient) {
    const settled = Promise.withResolvers<Status>();
    this.settled = settled.promise;
    this.client = make((event, ...states) => {
      this.#missing = missingPassword(event) ?? this.#missing;
      this.#listener(event, ...states);
      if (event.type === "status" && event.status.kind !== "connecting") settled.resolve(event.status);
    });
    this.client.start();
  }

  /** For want of whose password it was turned away, if it was. */
  get missing(): PasswordKind | undefined {
    return this.client.status.kind === "closed" ? this.#missing : undefined;
  }

  /** As a view makes its client: what has happened is told as soon as the view is there, and from then on what happens. */
  readonly show: MakeClient = (listener) => {
    queueMicrotask(() => {
      for (const event of this.#early.splice(0)) listener(...event);
      this.#listener = listener;
    });
    return this.client;
  };
}

/** A client for a view, or how it ended before there was one; `told` is whether the person knows already. */
export type Opened = { readonly show: MakeClient } | { readonly closed: Closed; readonly told: boolean };

/**
 * Starts a client; while the server's password is wrong says so, asks the person at the terminal, and starts another one. No
 * connection is open meanwhile, for whoever is told the words on the phone takes their time. Other passwords are for the
 * view to ask for: there is something else to answer.
 */
export async function openClient(
  make: (password: string | undefined) => MakeClient,
  given: string | undefined,
): Promise<Opened> {
  let password = given;
  for (;;) {
    const early = new EarlyClient(make(password));
    const status = await early.settled;
    if (status.kind !== "closed") return { show: early.show };
    if (early.missing === "room" || early.missing === "account") return { show: make(password) };
    if (early.missing === undefined) return { closed: status, told: false };
    complain(status.reason);
    password = await promptPassword("Password of the chat:");
    if (password === undefined) return { closed: status, told: true };
  }
}
