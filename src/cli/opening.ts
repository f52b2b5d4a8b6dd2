import type { Client } from "../client/client.ts";
import type { ClientEvent, Status } from "../client/client_event.ts";
import type { PasswordKind } from "../protocol/messages.ts";
import { sanitizeLine } from "../protocol/sanitize.ts";
import { promptPassword } from "./password.ts";

type Listener = (event: ClientEvent) => void;
export type MakeClient = (onEvent: Listener) => Client;

/** What lets somebody in, by whose password it is. */
export type Passwords = Partial<Record<PasswordKind, string>>;

/** What to do where nobody can be asked. */
export const PASSWORD_HINT =
  "Give the password with --password-file FILE or CONFAB_PASSWORD, or paste an invite in place of the address";

const QUESTIONS: Record<PasswordKind, string> = {
  server: "Password of the chat:",
  room: "Password of the room:",
  account: "Password of the name:",
  admin: "Admin password:",
};

/** Whose password is missing or wrong, if the event says that one is. */
export function missingPassword(event: ClientEvent): PasswordKind | undefined {
  if (event.type !== "received" || event.event?.type !== "error") return undefined;
  return event.event.code === "wrong_password" ? event.event.needs ?? "server" : undefined;
}

/** Says what to do where the server lets nobody in without a password. */
export function withHint(make: MakeClient): MakeClient {
  return (listener) => {
    let missing: PasswordKind | undefined;
    return make((event) => {
      listener(event);
      missing ??= missingPassword(event);
      const refused = event.type === "status" && event.status.kind === "closed" && event.status.cause === "refused";
      if (missing !== undefined && refused) console.error(PASSWORD_HINT);
    });
  };
}

/** A client that is started before there is a view of it. */
export class EarlyClient {
  readonly client: Client;
  /** Resolves when the first attempt has led to something. */
  readonly settled: Promise<Status>;
  #missing: PasswordKind | undefined;
  #early: ClientEvent[] = [];
  #listener: Listener = (event) => this.#early.push(event);

  constructor(make: MakeClient) {
    const settled = Promise.withResolvers<Status>();
    this.settled = settled.promise;
    this.client = make((event) => {
      this.#missing = missingPassword(event) ?? this.#missing;
      this.#listener(event);
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
      for (const event of this.#early.splice(0)) listener(event);
      this.#listener = listener;
    });
    return this.client;
  };
}

/**
 * Starts a client; while a password is wrong says so, asks the person at the terminal, and starts another one. No connection
 * is open meanwhile, for whoever is told the words on the phone takes their time.
 */
export async function openClient(
  make: (passwords: Passwords) => MakeClient,
  given: string | undefined,
): Promise<EarlyClient> {
  let passwords: Passwords = { server: given };
  for (;;) {
    const early = new EarlyClient(make(passwords));
    const status = await early.settled;
    if (status.kind !== "closed" || early.missing === undefined) return early;
    console.error(sanitizeLine(status.reason));
    const typed = await promptPassword(QUESTIONS[early.missing]);
    if (typed === undefined) return early;
    passwords = { ...passwords, [early.missing]: typed };
  }
}
