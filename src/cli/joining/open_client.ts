import type { Client } from "../../client/client.ts";
import type { ClientEvent, Status } from "../../client/client_event.ts";
import { systemClock } from "../../client/clock.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import type { PasswordKind } from "../../protocol/errors.ts";
import { SERVER_PAUSE_MS } from "../../protocol/limits.ts";
import type { CloseStatus } from "../../terminal/app.ts";
import { promptPassword } from "../args/password_options.ts";
import { complain } from "../platform/standard_io.ts";

export type MakeClient = (onEvent: ClientListener) => Client;

/** The next step if the user cannot be asked for the password. */
export const PASSWORD_HINT =
  "Give the password with --password-file FILE or CONFAB_PASSWORD, or use an invite instead of the address";

/** The kind of the missing or wrong password, if the event reports one. */
export function missingPassword(event: ClientEvent): PasswordKind | undefined {
  if (event.type !== "received" || event.event?.type !== "error") return undefined;
  return event.event.code === "wrong_password" ? event.event.needs ?? "server" : undefined;
}

/** Prints the next step if the server refuses the client because of a password. */
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

/** A client that is started before it has a view. */
export class EarlyClient {
  readonly client: Client;
  /** Resolves with the outcome of the first attempt to connect: to all servers of the chat, until one answers. */
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
      if (event.type === "status" && isOutcome(event.status)) settled.resolve(event.status);
      // Another device decides how the attempt ends, and the user must see what to compare there.
      if (event.type === "linkClaim") settled.resolve(this.client.status);
    });
    this.client.start();
  }

  /** The kind of password that was missing, if the server refused the client. */
  get missing(): PasswordKind | undefined {
    return this.client.status.kind === "closed" ? this.#missing : undefined;
  }

  /** Gives the client to a view, which then receives all earlier events and all later ones. */
  readonly show: MakeClient = (listener) => {
    queueMicrotask(() => {
      // A listener may cause further events, which come after those that wait.
      while (this.#early.length > 0) listener(...this.#early.shift()!);
      this.#listener = listener;
    });
    return this.client;
  };
}

/** Whether the attempt is over. In the short pause before another server of the chat is dialed it is not. */
function isOutcome(status: Status): boolean {
  if (status.kind === "waiting") return status.retryAt - systemClock.now() > SERVER_PAUSE_MS;
  return status.kind !== "connecting";
}

/** A client for a view, or how it closed before it had one; `reported` is true if the user already knows. */
export type Opened = { readonly show: MakeClient } | { readonly closed: CloseStatus; readonly reported: boolean };

/**
 * Starts a client. While the server's password is wrong, asks the user for it and starts another
 * client. No connection is open while the user types, which may take long. The view asks for the
 * passwords of rooms and accounts.
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
    if (early.missing === undefined) return { closed: status, reported: false };
    complain(status.reason);
    password = await promptPassword("Password of the chat:");
    if (password === undefined) return { closed: status, reported: true };
  }
}
