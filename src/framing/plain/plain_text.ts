/** The codec of users on nc and telnet. */

import {
  findCommand,
  parseSlashLine,
  splitCommand,
  unknownCommand,
} from "../../presentation/commands/slash_commands.ts";
import { ownLeaveSentence } from "../../presentation/sentences/room_sentences.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_REFUSED_BEFORE_NAME } from "../../protocol/limits.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { LeaveReason, MemberInfo, ServerEvent } from "../../protocol/messages/messages.ts";
import { type Codec, type Decoded, type Format, packLines } from "../codec.ts";
import { commands, performPlain } from "./plain_commands.ts";
import { refuseOtherProtocols } from "../dialect.ts";
import { ShownConversations } from "./shown_conversations.ts";
import { PLAIN_MARKUP, plainView, star } from "./plain_view.ts";

export const PLAIN_FORMAT: Format = {
  name: "plain",
  echoes: false,
  encode: (event: ServerEvent): string => plainView(event),
  pack: packLines,
};

const ASK_NAME = "Your name?\n";
const ASK_PASSWORD = "Password?\n";
const UNASKED_REFUSED = "! The first line must be a name: connect again\n";
const TOO_MANY_REFUSED = `! ${MAX_REFUSED_BEFORE_NAME} lines were refused: connect again to try another name\n`;

/**
 * Decodes the lines of one user on nc or telnet, and encodes events for them: first a name, then messages and slash commands.
 * It keeps the user's name, rooms and the question that the next line answers.
 */
export class PlainText implements Codec {
  readonly format = PLAIN_FORMAT;
  #self: MemberInfo | undefined;
  /** The name in the last attempt of the first join. */
  #name: string | undefined;
  /** True if that name was refused because it is taken or registered. */
  #isTaken = false;
  /** True if the next line is the password that the server asked for. */
  #asksPassword = false;
  /** Joined rooms; the last one is the current room. */
  readonly #rooms: string[] = [];
  #refs = 0;
  readonly #shown = new ShownConversations();
  /** Lines refused before a name was accepted. */
  #refused = 0;
  readonly #unasked: boolean;

  /**
   * `unasked`: the other end sent its first line before it was asked for a name, as programs do. If that line is not a valid
   * name, the connection ends, so that the lines after it are not taken for names.
   */
  constructor({ unasked = false }: { readonly unasked?: boolean } = {}) {
    this.#unasked = unasked;
  }

  /** True after `MAX_REFUSED_BEFORE_NAME` refused lines before a name: the connection must end. */
  get exhausted(): boolean {
    return this.#self === undefined && this.#refused >= MAX_REFUSED_BEFORE_NAME;
  }

  /** Throws a `ProtocolError` for a line that is not valid. */
  decode(line: string): Decoded {
    const decoded = this.#decode(line);
    // A user who types has seen the lines above.
    return decoded.commands.length === 0
      ? decoded
      : { ...decoded, commands: [...this.#shown.take(), ...decoded.commands] };
  }

  #decode(line: string): Decoded {
    if (this.#self === undefined && !this.#asksPassword) refuseOtherProtocols(line);
    const text = line.replaceAll("\0", "").trimEnd();
    if (text === "") return { commands: [] };
    if (this.#asksPassword && this.#name !== undefined && !text.startsWith("/")) return this.#enter(this.#name, text);
    if (this.#self === undefined) {
      const name = splitCommand(text)?.name;
      if (name === undefined) return this.#enter(text.trim());
      const command = findCommand("plain", name);
      if (command === undefined) throw unknownCommand("plain", name);
      if (!command.beforeName) throw new ProtocolError("not_joined", "Type your name first, on a line of its own");
    }
    return /^\s*\//.test(text) ? this.#perform(text) : this.#post({ type: "message", text });
  }

  encode(event: ServerEvent): string {
    this.#shown.add(event);
    switch (event.type) {
      case "joined":
        this.#self = event.you;
        this.#asksPassword = false;
        this.#enterRoom(event.room.name);
        break;
      case "rename":
        if (event.member.id === this.#self?.id) this.#self = { ...event.member, away: this.#self.away };
        break;
      case "away":
        if (event.member.id === this.#self?.id) this.#self = event.member;
        break;
      case "leave":
        if (event.member.id === this.#self?.id) return this.#exit(event.room, event.reason);
        break;
      case "welcome":
        return plainView(event) + ASK_NAME;
      case "error":
        return plainView(event) + (this.#self === undefined ? this.#afterRefusal(event.code) : "");
    }
    return plainView(event, this.#self);
  }

  #perform(text: string): Decoded {
    const room = this.#rooms.at(-1) ?? DEFAULT_ROOM;
    return performPlain(parseSlashLine(text, { client: "plain", place: () => ({ room }) }), {
      room,
      joined: this.#self !== undefined,
      away: this.#self?.away !== undefined,
      refusedName: this.#isTaken ? this.#name : undefined,
      post: (command) => this.#post(command),
      sendDirect: (to, text) => commands({ type: "message", to, text, ref: this.#newRef() }),
      enter: (name, password) => this.#enter(name, password),
    });
  }

  #enter(name: string, password?: string): Decoded {
    this.#asksPassword = false;
    this.#isTaken = false;
    this.#name = name;
    return commands({ type: "join", room: DEFAULT_ROOM, name, password });
  }

  /** Returns the lines that follow an error before a name is accepted. */
  #afterRefusal(code: string): string {
    // The next line may be another name, or the password of this one.
    this.#isTaken = code === "name_taken";
    const isInvalidName = code !== "name_taken" && code !== "wrong_password";
    if (this.#unasked && this.#refused === 0 && isInvalidName) {
      this.#refused = MAX_REFUSED_BEFORE_NAME;
      return UNASKED_REFUSED;
    }
    this.#refused++;
    return this.exhausted ? TOO_MANY_REFUSED : this.#question(code);
  }

  /** Returns the question that follows a failed join; empty for none. */
  #question(code: string): string {
    this.#asksPassword = code === "wrong_password" && this.#name !== undefined;
    if (this.#asksPassword) return ASK_PASSWORD;
    return code.startsWith("name_") ? ASK_NAME : "";
  }

  #post(command: Record<string, unknown>): Decoded {
    const room = this.#rooms.at(-1);
    if (room === undefined) throw new ProtocolError("not_joined", "You are in no room: type /join ROOM first");
    return commands({ ...command, room, ref: this.#newRef() });
  }

  #newRef(): string {
    return String(++this.#refs);
  }

  /** Makes the room the current one. */
  #enterRoom(room: string): void {
    const index = this.#rooms.indexOf(room);
    if (index >= 0) this.#rooms.splice(index, 1);
    this.#rooms.push(room);
  }

  /** Removes a room. The room entered before it becomes the current one. Returns the line that says so. */
  #exit(room: string, reason: LeaveReason): string {
    const index = this.#rooms.indexOf(room);
    if (index >= 0) this.#rooms.splice(index, 1);
    const current = this.#rooms.at(-1);
    const sentence = ownLeaveSentence({ room, reason }, PLAIN_MARKUP);
    return star(`${sentence}${current === undefined ? "" : `; you are in #${current}`}`);
  }
}
