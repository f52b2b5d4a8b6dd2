import type { Effect, SessionId } from "../../core/effect.ts";
import type { UrlEvent } from "../../protocol/messages/messages.ts";
import type { HostAnswers } from "../copies/host_answers.ts";
import type { EffectGate } from "../copies/effect_gate.ts";
import type { Log } from "../monitor/log_events.ts";
import type { ListedServers } from "../output/listed_servers.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import type { QueryQueue } from "./queries/query_queue.ts";

/** The effect of one type. */
export type EffectOf<K extends Effect["type"]> = Extract<Effect, { readonly type: K }>;

/** Parts of the server that carry out some of the effects. */
export interface EffectParts {
  readonly hasher: PasswordHasher;
  readonly queries: QueryQueue;
  readonly log: Log;
  /** The password to hash for the ticket; `undefined` if another server got it. */
  readonly passwordOf: (ticket: number) => string | undefined;
  /** Whether the session is or was one of this server. */
  readonly isOwn: (session: SessionId) => boolean;
  readonly files: FileEffects | undefined;
  readonly calls: CallEffects;
  readonly servers: ListedServers;
  readonly hosts: Pick<HostAnswers, "welcome">;
  /** Decides when effects are shown; `undefined` for a server without followers, which shows them at once. */
  readonly gate: EffectGate | undefined;
  /** Passes a signal on to the sessions of other servers; `undefined` for a server on its own. */
  readonly passOn: ((signal: Omit<EffectOf<"signal">, "type">) => void) | undefined;
}

/** Performs the effects that concern the bytes of files. */
export interface FileEffects {
  drop(upload: Omit<EffectOf<"dropUpload">, "type">): void;
  /** Returns a path that serves the file. */
  newUrl(grant: Omit<EffectOf<"grant">, "type" | "session" | "ref">): Pick<UrlEvent, "path" | "until">;
}

/** Performs the effects that concern the sound and pictures of calls. */
export interface CallEffects {
  /** Returns the token. */
  admit(admission: Omit<EffectOf<"admit">, "type" | "session" | "ref">): string;
  /** Notes that the session of another server has a seat there. */
  admitElsewhere?(admission: Omit<EffectOf<"admit">, "type" | "ref">): void;
  dismiss(dismissal: Omit<EffectOf<"dismiss">, "type">): void;
}
