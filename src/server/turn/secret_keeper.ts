import type { Effect, SessionId } from "../../core/effect.ts";
import type { Hub } from "../../core/hub.ts";
import type { AccessOptions } from "../../core/hub_options.ts";
import {
  bindToken,
  type HubCommand,
  type HubLinkCommand,
  type LockOpener,
  type PasswordProof,
  type SecretCommand,
  type SignedStatement,
  splitToken,
  type TokenProof,
  type UsedBytes,
} from "../../core/hub_command.ts";
import { canonicalSecret } from "../../protocol/address/invite_link.ts";
import { deviceText } from "../../protocol/identity/signed_text.ts";
import type { ClientCommand, DeviceCommand, LinkCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import { isGenuine } from "./key_proof.ts";

/** Draws secrets and digests them, and knows what else a command lacks before the hub can decide on it. */
export interface SecretSource {
  /** The id of the chat, which signatures name. */
  readonly chat: string;
  /** Returns a new secret that proves who a member is, or that lets people in. It has no full stop. */
  readonly newToken: () => string;
  /** Returns a new passphrase for an invite. */
  readonly newWords: () => string;
  /** Returns new random text that need not be secret. */
  readonly newSalt: () => string;
  readonly digest: (secret: string) => string;
  /** Returns the bytes that files take now, also those of this member. */
  readonly usedBytes: (memberId: string) => UsedBytes;
}

/** The digests of the server's own passwords, each in the form of `canonicalSecret`. */
export interface AccessSecrets {
  /** The digest of the password that lets new members in. */
  readonly passwordDigest?: string;
  /** The digest of the admin password, which makes a session the owner's. */
  readonly adminDigest?: string;
  /** Whether new members need an invite, also without a password. */
  readonly inviteOnly: boolean;
}

/** Texts of secrets by digest. */
type Secrets = Map<string, string>;

/** A command with its secrets. It may wait for its password to be hashed. It never leaves this process. */
export interface SecretOrigin {
  readonly session: SessionId;
  readonly command: SecretCommand;
  readonly secrets: Secrets;
}

/** A command as the hub gets it, and the command that the client sent. */
export interface PreparedCommand {
  readonly command: HubCommand;
  readonly origin: SecretOrigin;
}

/** The questions of the keeper to the hub. */
type AskedHub = Pick<Hub, "inviteWith" | "lockOf" | "memberOf">;

/**
 * Keeps secrets out of the hub. A command with a secret is prepared for it: it gets digests instead. Effects of such a command that
 * carry a secret leave the hub with the digest, for which the text is put here. All other commands and effects pass untouched.
 */
export class SecretKeeper {
  readonly #hub: AskedHub;
  readonly #source: SecretSource;
  readonly #access: AccessSecrets | undefined;
  /** The token of each session that has joined, without its room. */
  readonly #tokens = new Map<SessionId, string>();
  /** Commands whose passwords are being hashed, by ticket. */
  readonly #waiting = new Map<number, SecretOrigin>();

  constructor(hub: AskedHub, source: SecretSource, access: AccessSecrets | undefined) {
    this.#hub = hub;
    this.#source = source;
    this.#access = access;
  }

  /** Puts digests, proofs and newly drawn secrets into the command. */
  prepare(session: SessionId, command: SecretCommand): PreparedCommand {
    const secrets: Secrets = new Map();
    return { command: this.#replaceSecrets(session, command, secrets), origin: { session, command, secrets } };
  }

  /** The command whose password was hashed for this ticket, which is not known afterwards; `undefined` if it is not one of ours. */
  takeHashed(ticket: number): SecretOrigin | undefined {
    const origin = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return origin;
  }

  /** The password to hash for this ticket; `undefined` if another server got it. */
  passwordOf(ticket: number): string | undefined {
    const command = this.#waiting.get(ticket)?.command;
    return command !== undefined && "password" in command ? command.password : undefined;
  }

  /** Forgets the token of a session that has ended. */
  forget(id: SessionId): void {
    this.#tokens.delete(id);
  }

  /** Forgets the secrets of all sessions. */
  clear(): void {
    this.#tokens.clear();
    this.#waiting.clear();
  }

  #replaceSecrets(session: SessionId, command: SecretCommand, secrets: Secrets): HubCommand {
    switch (command.type) {
      case "join": {
        const { token, password, signature: _signature, host: _host, tls: _tls, ...rest } = command;
        const tokenProof = token === undefined ? undefined : this.#tokenProof(token, secrets);
        const proof = password === undefined ? undefined : this.#passwordProof(password, command.room);
        return { ...rest, token: tokenProof, password: proof, newToken: this.#draw(secrets) };
      }
      case "auth":
        return { ...command, password: this.#adminProof(command.password), newToken: this.#draw(secrets) };
      case "register": {
        const { password: _, ...rest } = command;
        return rest;
      }
      case "lock": {
        const { password, ...rest } = command;
        return { ...rest, password: password === undefined ? undefined : this.#newOpener(password) };
      }
      case "invite":
        return { ...command, secret: this.#draw(secrets), words: this.#note(this.#source.newWords(), secrets) };
      case "offer":
        return { ...command, token: this.#draw(secrets), used: this.#usedBytes(session) };
      case "device":
        return { type: "device", ref: command.ref, statement: this.#checked(command) };
      case "link":
        return { ...this.#linkStep(command, secrets), statement: this.#checked(command) };
      default:
        return command satisfies never;
    }
  }

  /** A session that has not joined may not offer anything. */
  #usedBytes(session: SessionId): UsedBytes {
    const memberId = this.#hub.memberOf(session);
    return memberId === undefined ? { all: 0, ofMember: 0 } : this.#source.usedBytes(memberId);
  }

  #linkStep({ code, statement: _, signature: __, ...rest }: LinkCommand, secrets: Secrets): HubLinkCommand {
    if (rest.step === "begin") {
      return { ...rest, code: this.#draw(secrets), words: this.#note(this.#source.newWords(), secrets) };
    }
    return code === undefined ? rest : { ...rest, digests: this.#digestsOf(code) };
  }

  /** The statement of a command, and whether its signature is genuine. */
  #checked({ statement, signature }: DeviceCommand | LinkCommand): SignedStatement | undefined {
    if (statement === undefined) return undefined;
    const whole = { ...statement, chat: this.#source.chat };
    const isSigned = signature !== undefined && isGenuine(statement.by, deviceText(whole), signature);
    return { ...whole, isGenuine: isSigned };
  }

  /** Tokens are stored as `DIGEST.ROOM`, and those of earlier versions under the digest of the whole. */
  #tokenProof(text: string, secrets: Secrets): TokenProof {
    const { token, room } = splitToken(text);
    const digest = bindToken(this.#note(token, secrets), room);
    return room === undefined ? { digests: [digest] } : { digests: [digest, this.#note(text, secrets)], room };
  }

  /** Compares a password with everything that it may be. The time it takes depends on nothing but its length. */
  #passwordProof(password: string, room: string): PasswordProof {
    const digests = this.#digestsOf(password);
    const [given, canonical] = digests.map((digest) => this.#hub.inviteWith(digest));
    const invite = given ?? canonical;
    const lock = this.#hub.lockOf(room);
    const opens = lock !== undefined && equals(this.#openerOf(lock.salt, password), lock.opener);
    return {
      ...includes(digests, this.#access?.passwordDigest) && { server: true },
      ...invite !== undefined && { invite },
      ...opens && { lock: lock.id },
    };
  }

  #adminProof(password: string): PasswordProof {
    return includes(this.#digestsOf(password), this.#access?.adminDigest) ? { admin: true } : {};
  }

  /** The digests of a password: of the text that the client sent, and of its `canonicalSecret`. */
  #digestsOf(password: string): string[] {
    return [password, canonicalSecret(password)].map((form) => this.#source.digest(form));
  }

  #newOpener(password: string): LockOpener {
    const salt = this.#source.newSalt();
    return { salt, opener: this.#openerOf(salt, password) };
  }

  #openerOf(salt: string, password: string): string {
    return this.#source.digest(`${salt} ${password}`);
  }

  #draw(secrets: Secrets): string {
    return this.#note(this.#source.newToken(), secrets);
  }

  #note(secret: string, secrets: Secrets): string {
    const digest = this.#source.digest(secret);
    secrets.set(digest, secret);
    return digest;
  }

  /** Puts the texts of secrets into an effect of the command. Throws for an event whose secret is not known here. */
  fill(effect: Effect, origin: SecretOrigin): Effect {
    const { session, secrets } = origin;
    switch (effect.type) {
      case "hash":
        this.#waiting.set(effect.ticket, origin);
        return effect;
      case "replay": {
        const { you } = effect.joined;
        // Without a token, the session comes back with a key.
        if (you.token === undefined) return effect;
        const token = this.#tokenOf(session, you.token, secrets);
        return { ...effect, joined: { ...effect.joined, you: { ...you, token } } };
      }
      case "send":
        return { ...effect, event: fillEvent(effect.event, secrets) };
      default:
        return effect;
    }
  }

  /** The session's token, which it gets again with each room that it joins. */
  #tokenOf(id: SessionId, bound: string, secrets: Secrets): string {
    const { token: digest, room } = splitToken(bound);
    const token = secrets.get(digest) ?? this.#tokens.get(id);
    if (token === undefined) throw unknownSecret();
    this.#tokens.set(id, token);
    return bindToken(token, room);
  }
}

/** The rules for new members as the hub knows them. */
export function accessOptions({ passwordDigest, adminDigest, inviteOnly }: AccessSecrets): AccessOptions {
  return { hasPassword: passwordDigest !== undefined, hasAdminPassword: adminDigest !== undefined, inviteOnly };
}

const SECRET_TYPES: ReadonlySet<ClientCommand["type"]> = new Set<SecretCommand["type"]>(
  ["join", "auth", "register", "invite", "lock", "device", "link", "offer"],
);

/** Whether the command holds or makes a secret on the wire: then it must be prepared for the hub. */
export function mayHoldSecret(command: ClientCommand): command is SecretCommand {
  return SECRET_TYPES.has(command.type);
}

/** Whether one of the digests is the expected one. Compares all of them. */
function includes(digests: readonly string[], expected: string | undefined): boolean {
  return expected !== undefined && digests.map((digest) => equals(digest, expected)).includes(true);
}

/** Compares digests in a time that does not depend on where they differ. */
function equals(digest: string, other: string): boolean {
  if (digest.length !== other.length) return false;
  let difference = 0;
  for (let index = 0; index < digest.length; index++) difference |= digest.charCodeAt(index) ^ other.charCodeAt(index);
  return difference === 0;
}

function fillEvent(event: ServerEvent, secrets: Secrets): ServerEvent {
  if (event.type === "link" && event.code !== undefined && event.words !== undefined) {
    return { ...event, code: textOf(event.code, secrets), words: textOf(event.words, secrets) };
  }
  if (event.type === "invite") {
    return { ...event, secret: textOf(event.secret, secrets), words: textOf(event.words, secrets) };
  }
  if (event.type === "slot") return { ...event, token: textOf(event.token, secrets) };
  if (event.type !== "authenticated" || event.token === undefined) return event;
  return { ...event, token: textOf(event.token, secrets) };
}

/** Returns the secret with this digest, which may be bound to a room. */
function textOf(bound: string, secrets: Secrets): string {
  const { token: digest, room } = splitToken(bound);
  const text = secrets.get(digest);
  if (text === undefined) throw unknownSecret();
  return bindToken(text, room);
}

function unknownSecret(): Error {
  return new Error("The hub names a secret that the server does not have");
}
