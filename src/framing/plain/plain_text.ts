/** The codec of users on nc and telnet. */

import { LastDirect, type MessageSide } from "../../presentation/commands/last_direct.ts";
import {
  findCommand,
  parseSlashLine,
  splitCommand,
  unknownCommand,
} from "../../presentation/commands/slash_commands.ts";
import { fileSentence } from "../../presentation/sentences/file_sentences.ts";
import { ownLeaveSentence } from "../../presentation/sentences/room_sentences.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_REFUSED_BEFORE_NAME } from "../../protocol/limits.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { LeaveEvent, MemberInfo, Message, ServerEvent } from "../../protocol/messages/messages.ts";
import { type Codec, type Decoded, type Format, packLines } from "../codec.ts";
import { closedSentence, openedSentence } from "../../presentation/sentences/conversation_sentences.ts";
import { commands, performPlain } from "./plain_commands.ts";
import { PlainPlaces } from "./plain_places.ts";
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

/** The `ref` of the question for the id of a member whose conversation opens then. */
const OPEN_REF = "open";

/**
 * Decodes the lines of one user on nc or telnet, and encodes events for them: first a name, then messages and slash commands.
 * It keeps the user's name, places and the question that the next line answers.
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
  readonly #places = new PlainPlaces();
  readonly #lastDirect = new LastDirect();
  readonly #shown = new ShownConversations();
  /** Lines refused before a name was accepted. */
  #refused = 0;
  readonly #unasked: boolean;
  readonly #origin: string;

  /**
   * `unasked`: the other end sent its first line before it was asked for a name, as programs do. If that line is not a valid
   * name, the connection ends, so that the lines after it are not taken for names. `origin`: the web address of the server for
   * this user, such as `http://192.168.1.26:5050`; without it, only the paths of files are shown.
   */
  constructor({ unasked = false, origin = "" }: { readonly unasked?: boolean; readonly origin?: string } = {}) {
    this.#unasked = unasked;
    this.#origin = origin;
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
        this.#places.enter(event.room.name);
        break;
      case "rename":
        if (event.member.id === this.#self?.id) this.#self = { ...event.member, away: this.#self.away };
        break;
      case "away":
        if (event.member.id === this.#self?.id) this.#self = event.member;
        break;
      case "leave":
        if (event.member.id === this.#self?.id) return this.#exit(event);
        break;
      case "message":
        this.#noteMessage(event);
        break;
      case "whois":
        if (event.ref === OPEN_REF) return this.#opened(event.member);
        break;
      case "url":
        return star(fileSentence({ ...event, path: this.#origin + event.path }, PLAIN_MARKUP));
      case "welcome":
        return plainView(event) + ASK_NAME;
      case "error":
        return plainView(event) + (this.#self === undefined ? this.#afterRefusal(event.code) : "");
    }
    return plainView(event, this.#self);
  }

  #perform(text: string): Decoded {
    const place = this.#places.current ?? { room: DEFAULT_ROOM };
    return performPlain(parseSlashLine(text, { client: "plain", place: () => place }), {
      place,
      joined: this.#self !== undefined,
      away: this.#self?.away !== undefined,
      refusedName: this.#isTaken ? this.#name : undefined,
      post: (command) => this.#post(command),
      sendDirect: (to, text) => commands({ type: "message", to, text }),
      warn: (side, name) => this.#warn(side, name),
      open: (name) => commands({ type: "whois", ref: OPEN_REF, name }),
      close: () => this.#close(),
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
    const place = this.#places.current;
    if (place === undefined) throw new ProtocolError("not_joined", "You are in no room: type /join ROOM first");
    // Messages of rooms are not shown to their author here.
    if (command.type === "message" && "room" in place) this.#lastDirect.wroteHere("own");
    return commands({ ...command, ...place });
  }

  #noteMessage(message: Message): void {
    this.#lastDirect.shown(message.from.id === this.#self?.id ? "own" : "others", message, this.#places.key);
  }

  #warn(side: MessageSide, name?: string): void {
    const { key, name: here = `#${key}` } = this.#places;
    if (name === undefined || this.#lastDirect.isFrom(name)) this.#lastDirect.warn(side, key, here);
  }

  /** Opens the conversation with the member. Returns the line that says so. */
  #opened(partner: MemberInfo): string {
    this.#places.open(partner);
    return star(openedSentence(`@${partner.name}`));
  }

  /** Closes the open conversation. The reply says so. */
  #close(): Decoded {
    const name = this.#places.close()?.name ?? "";
    return { commands: [], reply: star(`${closedSentence(name)}${this.#whereNow()}`) };
  }

  /** Removes a room. The place before it becomes the current one. Returns the line that says so. */
  #exit(event: LeaveEvent): string {
    this.#places.exit(event.room);
    return star(`${ownLeaveSentence(event, PLAIN_MARKUP)}${this.#whereNow()}`);
  }

  #whereNow(): string {
    const { name } = this.#places;
    return name === undefined ? "" : `; you are in ${name}`;
  }
}
