import type { Effect, Hashed, SessionId } from "../../core/effect.ts";
import type { Hub } from "../../core/hub.ts";
import { bindToken, type HubCommand, type SecretCommand, splitToken, type TokenProof } from "../../core/hub_command.ts";
import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";

/** Where secrets and their digests come from. */
export interface SecretSource {
  /** Returns a new secret that proves who a member is, or that lets people in. It has no full stop. */
  readonly newToken: () => string;
  /** Returns a new passphrase for an invite. */
  readonly newWords: () => string;
  readonly digest: (secret: string) => string;
}

/** The secrets of one command, by digest: those that it holds, and those drawn for its answer. */
type Secrets = Map<string, string>;

/**
 * Keeps secrets out of the hub. A command with a secret reaches it with digests instead, and events that carry a secret leave
 * it with the digest, for which the text is put here. All other commands and effects pass untouched.
 */
export class SecretKeeper {
  readonly #hub: Hub;
  readonly #source: SecretSource;
  /** The token of each session that has joined, with its digest. */
  readonly #tokens = new Map<SessionId, Secrets>();
  /** Secrets of commands that wait for a password to be hashed. */
  readonly #waiting = new Map<number, { readonly session: SessionId; readonly secrets: Secrets }>();

  constructor(hub: Hub, source: SecretSource) {
    this.#hub = hub;
    this.#source = source;
  }

  isWaiting(id: SessionId): boolean {
    return this.#hub.isWaiting(id);
  }

  /** Runs a command, as `Hub.handle` does. */
  handle(id: SessionId, command: ClientCommand, now: number): Effect[] {
    if (!mayHoldSecret(command)) return this.#hub.handle(id, command, now);
    const secrets: Secrets = new Map();
    const effects = this.#hub.handle(id, this.#replaceSecrets(command, secrets), now);
    return effects.map((effect) => this.#fill(effect, id, secrets));
  }

  /** Continues a command, as `Hub.hashed` does. */
  hashed(ticket: number, hashed: Hashed, now: number): Effect[] {
    const effects = this.#hub.hashed(ticket, hashed, now);
    const waiting = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return waiting === undefined ? effects : effects.map((each) => this.#fill(each, waiting.session, waiting.secrets));
  }

  /** Forgets the token of a session that has ended. */
  forget(id: SessionId): void {
    this.#tokens.delete(id);
  }

  #replaceSecrets(command: SecretCommand, secrets: Secrets): HubCommand {
    switch (command.type) {
      case "join": {
        const { token, ...rest } = command;
        const proof = token === undefined ? undefined : this.#proofOf(token, secrets);
        return { ...rest, token: proof, newToken: this.#draw(secrets) };
      }
      case "auth":
        return { ...command, newToken: this.#draw(secrets) };
      case "invite":
        return { ...command, secret: this.#draw(secrets), words: this.#note(this.#source.newWords(), secrets) };
      default:
        return command satisfies never;
    }
  }

  /** Tokens are stored as `DIGEST.ROOM`, and those of earlier versions under the digest of the whole. */
  #proofOf(text: string, secrets: Secrets): TokenProof {
    const { token, room } = splitToken(text);
    const digest = bindToken(this.#note(token, secrets), room);
    return room === undefined ? { digests: [digest] } : { digests: [digest, this.#note(text, secrets)], room };
  }

  #draw(secrets: Secrets): string {
    return this.#note(this.#source.newToken(), secrets);
  }

  #note(secret: string, secrets: Secrets): string {
    const digest = this.#source.digest(secret);
    secrets.set(digest, secret);
    return digest;
  }

  /** Puts the texts of secrets into an effect of the session's command. */
  #fill(effect: Effect, id: SessionId, secrets: Secrets): Effect {
    switch (effect.type) {
      case "hash":
        this.#waiting.set(effect.ticket, { session: id, secrets });
        return effect;
      case "replay": {
        const { you } = effect.joined;
        return {
          ...effect,
          joined: { ...effect.joined, you: { ...you, token: this.#tokenOf(id, you.token, secrets) } },
        };
      }
      case "send":
        return { ...effect, event: fillEvent(effect.event, secrets) };
      default:
        return effect;
    }
  }

  /** The text of the session's token, which the session gets with each room that it joins. */
  #tokenOf(id: SessionId, bound: string, secrets: Secrets): string {
    const { token: digest } = splitToken(bound);
    const text = secrets.get(digest);
    if (text !== undefined) this.#tokens.set(id, new Map([[digest, text]]));
    return textOf(bound, this.#tokens.get(id));
  }
}

function mayHoldSecret(command: ClientCommand): command is SecretCommand {
  return command.type === "join" || command.type === "auth" || command.type === "invite";
}

function fillEvent(event: ServerEvent, secrets: Secrets): ServerEvent {
  if (event.type === "invite") {
    return { ...event, secret: textOf(event.secret, secrets), words: textOf(event.words, secrets) };
  }
  if (event.type !== "authenticated" || event.token === undefined) return event;
  return { ...event, token: textOf(event.token, secrets) };
}

/** Returns the secret with this digest, which may be bound to a room. */
function textOf(bound: string, secrets: Secrets | undefined): string {
  const { token: digest, room } = splitToken(bound);
  const text = secrets?.get(digest);
  if (text === undefined) throw new Error("The hub names a secret that the server does not have");
  return bindToken(text, room);
}
