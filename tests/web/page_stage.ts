/** A `PageChat` over a fake client that the test controls. */

import type { ServerEvent } from "../../src/protocol/messages/messages.ts";
import { PageChat } from "../../src/web/page_chat.ts";
import type { ListedStore } from "../../src/web/model/browser_storage.ts";
import { PageActions } from "../../src/web/page_actions.ts";
import { AT, FakeClient } from "../terminal/memory_terminal.ts";

export class MemoryStore implements ListedStore {
  readonly values = new Map<string, unknown>();

  read(key: string): unknown {
    return this.values.get(key);
  }

  keys(): string[] {
    return [...this.values.keys()];
  }

  write(key: string, value: unknown): boolean {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
    return true;
  }
}

export class PageStage {
  readonly chat: PageChat;
  readonly actions: PageActions;
  readonly client: FakeClient;
  /** Texts of messages that mentioned the user. */
  readonly mentioned: string[] = [];
  readonly opened: string[] = [];
  watched = true;
  keywords: readonly string[] = [];

  constructor() {
    let client!: FakeClient;
    this.chat = new PageChat({
      makeClient: (onEvent) => client = new FakeClient(onEvent),
      room: "lobby",
      isWatched: () => this.watched,
      keywords: () => this.keywords,
      now: () => AT,
      changed: () => {},
      invited: ({ secret }) => this.opened.push(`invite ${secret}`),
      mentioned: (_, { text }) => this.mentioned.push(text),
    });
    this.client = client;
    this.actions = new PageActions(this.chat, {
      showMembers: () => this.opened.push("members"),
      showSearch: (query) => this.opened.push(`search ${query}`),
      showRoom: (room) => this.opened.push(`room ${room}`),
      login: (name) => this.opened.push(`login ${name}`),
      register: () => this.opened.push("register"),
      quit: () => this.opened.push("quit"),
      call: (action) => this.opened.push(`call ${JSON.stringify(action)}`),
      write: (command, text = "") => this.opened.push(`write ${command}${text}`),
    });
    this.client.emit({ type: "status", status: { kind: "online" } });
  }

  receive(...events: ServerEvent[]): void {
    this.client.receive(...events);
  }

  get title(): string | undefined {
    return this.chat.conversations.current?.title;
  }

  /** The entries of a conversation, as text. */
  shown(key: string): string[] {
    const timeline = this.chat.conversations.get(key)!.timeline;
    return Array.from({ length: timeline.end - timeline.first }, (_, index) => {
      const entry = timeline.at(timeline.first + index)!;
      return entry.kind === "note" ? `* ${entry.text}` : `${entry.message.from.name}: ${entry.message.text}`;
    });
  }

  unread(key: string): [unread: number, mentions: number] {
    const { unread, mentions } = this.chat.conversations.get(key)!;
    return [unread, mentions];
  }
}
