/**
 * The members whom the user ignores: their messages are hidden here, and the server keeps their private messages back.
 * What the server has not confirmed is sent again on the next link, so members are blocked who were ignored without one, too.
 */

import type { BlockCommand, ServerEvent } from "../protocol/messages/messages.ts";
import { foldName } from "../protocol/text/names.ts";
import type { ClientState } from "./state/client_state.ts";
import { memberIdOf } from "./state/member_lookup.ts";
import type { ReaderState } from "./state/reader_state.ts";

export interface IgnoredMembersOptions {
  readonly reader: ReaderState;
  readonly state: () => ClientState;
  readonly send: (command: BlockCommand) => void;
}

/** Members whom an earlier client ignored, and whom one link blocks: each may begin a conversation, which the server limits. */
const MAX_BLOCKED_PER_LINK = 10;
const REF_PREFIX = "block ";

export class IgnoredMembers {
  readonly #options: IgnoredMembersOptions;
  /** By member: `block`, or `block` with `off`, which the server has not confirmed. The first one is sent. */
  readonly #commands = new Map<string, BlockCommand>();
  #online = false;
  /** The `ref` of the command that is sent. */
  #sent: string | undefined;
  #refs = 0;

  constructor(options: IgnoredMembersOptions) {
    this.#options = options;
  }

  /** As typed, in the order ignored. */
  get names(): readonly string[] {
    return this.#options.reader.ignored.map(([name]) => name);
  }

  has(member: { readonly id: string; readonly name: string }): boolean {
    return this.#options.reader.ignores(member);
  }

  /** Ignores the member of this name. Returns their id, if it is known. Throws an Error for users if the member cannot be ignored. */
  add(name: string): string | undefined {
    const { reader, state } = this.#options;
    if (foldName(name) === foldName(state().you?.name ?? "")) {
      throw new Error("You cannot ignore yourself: name another member");
    }
    const id = memberIdOf(state(), name) ?? this.#knownId(name);
    reader.ignore(name, id);
    this.#command(id, {});
    return id;
  }

  /** No longer ignores the member. Returns their id, if it is known. Throws an Error for users if the member is not ignored. */
  remove(name: string): string | undefined {
    const { reader, state } = this.#options;
    const id = this.#knownId(name) ?? memberIdOf(state(), name);
    if (!reader.unignore(name)) throw new Error(`You do not ignore ${name}: /ignore lists ignored members`);
    this.#command(id, { off: true });
    return id;
  }

  /** Sends what the server has not confirmed, on a new link or again on the same one. */
  resume(): void {
    if (this.#online) return;
    this.#online = true;
    for (const to of this.#options.reader.unblocked.slice(0, MAX_BLOCKED_PER_LINK)) {
      if (!this.#commands.has(to)) this.#commands.set(to, { type: "block", to });
    }
    this.#next();
  }

  /** Sends nothing until `resume`. */
  pause(): void {
    this.#online = false;
    this.#sent = undefined;
  }

  /** Takes the reply to a command of this object. False for any other event. */
  receive(event: ServerEvent): boolean {
    if ((event.type !== "notice" && event.type !== "error") || event.ref?.startsWith(REF_PREFIX) !== true) return false;
    const command = this.#commands.values().find(({ ref }) => ref === event.ref);
    if (event.ref === this.#sent) this.#sent = undefined;
    if (command === undefined) this.#next();
    else if (event.type === "error" && event.code === "rate_limited") this.#online = false;
    else this.#done(command, event.type === "notice" || event.code === "no_such_member");
    return true;
  }

  #done({ to, off }: BlockCommand, isAnswered: boolean): void {
    this.#commands.delete(to);
    if (isAnswered && !off) this.#options.reader.blocked(to);
    this.#next();
  }

  #command(to: string | undefined, { off }: { readonly off?: true }): void {
    if (to === undefined) return;
    this.#commands.delete(to);
    this.#commands.set(to, { type: "block", to, ...off && { off } });
    this.#next();
  }

  #next(): void {
    const [first] = this.#online && this.#sent === undefined ? this.#commands.values() : [];
    if (first === undefined) return;
    this.#sent = REF_PREFIX + ++this.#refs;
    const command = { ...first, ref: this.#sent };
    this.#commands.set(first.to, command);
    this.#options.send(command);
  }

  #knownId(name: string): string | undefined {
    const folded = foldName(name);
    return this.#options.reader.ignored.find(([ignored]) => foldName(ignored) === folded)?.[1] || undefined;
  }
}
