/** The actions of the user, by typed lines or buttons. Each throws an Error for users if it is not possible. */

import { CANNOT_LINK, NOBODY_ASKS } from "../presentation/sentences/link_sentences.ts";
import { awayCommand } from "../presentation/commands/presence_commands.ts";
import type { PageCallAction } from "./calls/call_action.ts";
import type { MessageIntent } from "../client/delivery/message_intent.ts";
import { partnerNamed, presentMember } from "../client/state/member_lookup.ts";
import type { Partner } from "../protocol/messages/messages.ts";
import type { ClientCommand } from "../protocol/messages/messages.ts";
import { parseRoom } from "../protocol/text/names.ts";
import {
  type AllowedActions,
  allowedActions,
  type MessageAction,
  type OpenPlace,
  type PageChangeInput,
  prepareChange,
  toggleReaction,
} from "./model/message_actions.ts";
import { NOT_CONNECTED } from "./model/reply_queue.ts";
import { type PageChat, TYPED_REF } from "./page_chat.ts";
import { pageHelpLines, parsePageInput } from "./page_commands.ts";
import type { Conversation, FailedMessage } from "./model/conversation.ts";

/** The parts of the page that an action may open. */
export interface Panels {
  showMembers(): void;
  showSearch(query: string): void;
  login(name: string | undefined): void;
  /** Asks for a password for the user's name. */
  register(): void;
  quit(): void;
  /** Does what the user wants of calls, and shows an error later. */
  call(action: PageCallAction): void;
  /** Shows the panel of a room, in which a moderator sets its password. */
  showRoom(room: string): void;
  /** Puts a command before the draft, or a command with a text in place of an empty draft. */
  write(command: string, text?: string): void;
}

export class PageActions {
  readonly #chat: PageChat;
  readonly #panels: Panels;
  /** The room that the last line asked to remove. */
  #removing: string | undefined;

  constructor(chat: PageChat, panels: Panels) {
    this.#chat = chat;
    this.#panels = panels;
  }

  submit(line: string): void {
    const input = parsePageInput(line, () => this.#current().target);
    if (input.type !== "remove room") this.#removing = undefined;
    switch (input.type) {
      case "say":
        return this.#send(this.#current(), input.text);
      case "msg":
        return this.#sendDirect(input.to, input.text);
      case "open":
        return this.#open(input.to);
      case "reply":
      case "react":
      case "edit":
      case "delete":
        return this.#change(input);
      case "join":
        return this.join(input.room);
      case "leave":
        return this.leave(input.room === undefined ? this.#current() : this.#conversationOf(input.room));
      case "name":
        return this.#chat.client.rename(input.name);
      case "away":
        return this.#performCommand(awayCommand(input, this.#chat.state.you?.away !== undefined));
      case "topic":
        return this.#showTopic();
      case "ask":
        return this.#performCommand(input.command);
      case "end":
        return this.#performCommand(this.#chat.listing.end(input.list, input.number));
      case "login":
        return this.#panels.login(input.name);
      case "remove room":
        return this.#removeRoom(input.room);
      case "link":
        return this.link(input.accept);
      case "ignore":
        return this.#chat.note(this.#ignore(input.name));
      case "unignore":
        return this.#chat.note(this.#chat.ignored.remove(input.name));
      case "help":
        for (const text of pageHelpLines(input.topic)) this.#chat.note(text);
        return;
      case "quit":
        return this.#panels.quit();
      case "register":
        return this.#panels.register();
      case "lock":
        return this.#panels.showRoom(input.room);
      case "call":
        return this.#panels.call(input.action);
      case "decline":
        return this.#panels.call({ do: "decline" });
      case "room":
      case "history":
      case "editor":
      case "set":
      case "ping":
      case "resend":
      case "drop":
      case "clear":
      case "send":
      case "get":
      case "save":
      case "view":
      case "accept":
      case "cancel":
        throw new Error(`Command /${input.type} needs the terminal client`);
      default:
        return input satisfies never;
    }
  }

  /** The message that a line is in the open conversation; `undefined` if it does something else. Throws as `submit`. */
  messageOf(line: string): { readonly text: string; readonly intent?: MessageIntent } | undefined {
    const input = parsePageInput(line, () => this.#current().target);
    if (input.type === "say") return { text: input.text };
    const change = input.type === "reply" ? prepareChange(input, this.#place()) : undefined;
    return change === undefined || "draft" in change ? undefined : change;
  }

  /** Offers to admit another device, or answers the one that asks. */
  link(accept: boolean | undefined): void {
    const { client } = this.#chat;
    if (accept === undefined ? client.offerLink() : client.answerLink(accept)) return;
    throw new Error(accept === undefined ? CANNOT_LINK : NOBODY_ASKS);
  }

  join(text: string): void {
    const room = parseRoom(text);
    const open = this.#chat.conversations.ofRoom(room);
    if (open !== undefined) return this.#chat.select(open);
    this.#chat.openLater({ room });
    this.#chat.client.join(room);
  }

  /** A direct conversation is only hidden, until the next message. */
  leave(conversation: Conversation): void {
    const { key, partner } = conversation;
    const { conversations, client, state } = this.#chat;
    if (partner.kind === "room") {
      if (conversations.rooms.length < 2) throw new Error("This is your only room: join another one first");
      client.leave(partner.room);
      conversations.remove(key);
    } else conversations.close(conversation, state.conversations.get(key)?.seq ?? 0);
    if (conversations.current !== undefined) this.#chat.select(conversations.current);
  }

  talkTo(member: Partner): void {
    this.#chat.select(this.#chat.conversations.openDirect(member));
  }

  allowed(seq: number): AllowedActions | undefined {
    return this.#chat.conversations.current === undefined ? undefined : allowedActions(seq, this.#place());
  }

  /** Acts on a message of the open room or conversation. */
  perform(seq: number, action: MessageAction): void {
    switch (action.kind) {
      case "reply":
        return this.#panels.write(`/reply ${seq} `);
      case "react":
        return this.#change(toggleReaction(seq, action.emoji, this.#place()));
      case "edit":
        return this.#change({ type: "edit", text: "" });
      case "delete":
        return this.#change({ type: "delete", seq });
      default:
        return action satisfies never;
    }
  }

  listRooms(): void {
    this.#chat.client.command({ type: "rooms" });
  }

  resend(conversation: Conversation, { message: { ref, target, text, intent, file } }: FailedMessage): void {
    this.#chat.client.send(target, text, intent, file);
    conversation.removeFailed(ref);
  }

  drop(conversation: Conversation, { message: { ref } }: FailedMessage): void {
    conversation.removeFailed(ref);
    this.#chat.select(conversation);
  }

  /** Opens the panel that shows the reply; without one, asks the server, whose reply becomes notes. */
  #performCommand(command: ClientCommand): void {
    if (command.type === "members" && command.room === this.#room()) return this.#panels.showMembers();
    if (command.type === "search") return this.#panels.showSearch(command.query);
    this.#sendCommand({ ...command, ref: TYPED_REF });
  }

  /** Without a name: lists the ignored members. */
  #ignore(name: string | undefined): string {
    const { ignored } = this.#chat;
    return name === undefined ? ignored.text : ignored.add(name);
  }

  #showTopic(): void {
    const room = this.#room();
    const topic = this.#chat.state.rooms.get(room)?.topic ?? "";
    this.#chat.note(topic === "" ? `#${room} has no topic: /topic TEXT sets one` : `Topic of #${room}: ${topic}`);
  }

  #conversationOf(room: string): Conversation {
    const conversation = this.#chat.conversations.ofRoom(room);
    if (conversation === undefined) throw new Error(`You are not in #${room}`);
    return conversation;
  }

  /** Requires the same command twice in a row, since the messages cannot be restored. */
  #removeRoom(room: string): void {
    if (this.#removing === room) {
      this.#removing = undefined;
      return this.#sendCommand({ type: "remove", room });
    }
    this.#removing = room;
    const again = `write /room remove ${room} again to do it`;
    this.#chat.note(`This removes #${room} for everyone and deletes its messages: ${again}`);
  }

  #sendDirect(name: string, text: string): void {
    const known = this.#memberNamed(name);
    if (known !== undefined) {
      this.talkTo(known);
      return this.#send(this.#current(), text);
    }
    this.#chat.openLater({ name });
    this.#chat.client.send({ to: name }, text);
  }

  /** Opens the conversation with a member by name, or by the number in the list that was shown last. */
  #open(to: string | number): void {
    if (typeof to === "number") return this.talkTo(this.#chat.listing.partner(to));
    const member = this.#memberNamed(to);
    if (member === undefined) throw new Error(`No member here is called ${to}: write /msg ${to} TEXT`);
    this.talkTo(member);
  }

  #memberNamed(name: string): Partner | undefined {
    return presentMember(this.#chat.state, name) ?? partnerNamed(this.#chat.state, name);
  }

  #change(input: PageChangeInput): void {
    const change = prepareChange(input, this.#place());
    if ("draft" in change) return this.#panels.write("/edit ", change.draft);
    this.#chat.client.send(this.#current().target, change.text, change.intent);
  }

  #place(): OpenPlace {
    const { place, timeline } = this.#current();
    return { state: this.#chat.state, place, timeline };
  }

  #send({ target }: Conversation, text: string): void {
    this.#chat.client.send(target, text);
  }

  #sendCommand(command: ClientCommand): void {
    if (!this.#chat.client.command(command)) throw new Error(NOT_CONNECTED);
  }

  #current(): Conversation {
    const { current } = this.#chat.conversations;
    if (current === undefined) throw new Error("You are not in a room: join one first");
    return current;
  }

  #room(): string {
    const { partner } = this.#current();
    if (partner.kind === "direct") throw new Error("This works only in rooms: open one first");
    return partner.room;
  }
}
