/** One stay in the chat, from coming in to leaving: a client, what it says, and the views that show it. */

import { Client } from "../client/client.ts";
import type { PasswordPrompt } from "../client/password_prompt.ts";
import type { Message } from "../protocol/messages/messages.ts";
import type { PasswordView } from "./views/password_view.ts";
import { PageChat } from "./page_chat.ts";
import type { Conversation } from "./model/conversation.ts";
import type { LoginDetails } from "./views/entry_view.ts";
import { ReadMarks } from "./model/read_marks.ts";
import { browserMemory, type JsonStore } from "./model/browser_storage.ts";
import { dialWebSocket, socketAddress } from "./websocket_connection.ts";
import { PageActions, type Panels } from "./page_actions.ts";

export interface PageSessionOptions extends LoginDetails {
  /** All that are to be joined; `room` is among them. */
  readonly rooms: readonly string[];
  readonly secret?: string;
  /** Whether they were in before the page was loaded anew: then a server that is away will come back. */
  readonly again: boolean;
  readonly kept: JsonStore;
  readonly ask: PasswordView;
  readonly panels: Panels;
  readonly isWatched: () => boolean;
  readonly changed: () => void;
  readonly mentioned: (conversation: Conversation, message: Message) => void;
}

export class PageSession {
  readonly chat: PageChat;
  readonly actions: PageActions;
  readonly marks: ReadMarks;
  readonly #ask: PasswordView;

  constructor(options: PageSessionOptions) {
    const { name, room, rooms, secret, again, kept, isWatched, changed } = options;
    this.#ask = options.ask;
    this.marks = new ReadMarks(kept);
    this.chat = new PageChat({
      makeClient: (onEvent) =>
        new Client({
          dial: dialWebSocket(socketAddress(location)),
          ...{ name, rooms, password: secret, onEvent },
          acceptSuggestion: false,
          retryFirst: again,
          memory: browserMemory(kept, name),
        }),
      ...{ room, isWatched, changed, marks: this.marks },
      now: () => new Date().toISOString(),
      mentioned: options.mentioned,
    });
    this.actions = new PageActions(this.chat, options.panels);
    this.chat.client.askPassword = (question) => this.#answer(question);
  }

  /** Whether the server has let us in. */
  get entered(): boolean {
    return this.chat.state.you !== undefined;
  }

  async login(name: string | undefined): Promise<void> {
    const password = await this.#ask.ask(name === undefined ? "Password of the server's owner" : `Password of ${name}`);
    if (password !== undefined) this.chat.client.login(name, password);
  }

  #answer({ kind, room, name }: PasswordPrompt): Promise<string | undefined> {
    const titles = {
      server: "This chat asks for a password",
      room: `#${room} asks for a password`,
      account: `The name ${name} has an account`,
      admin: "Password of the server's owner",
    };
    return this.#ask.ask(titles[kind]);
  }
}
