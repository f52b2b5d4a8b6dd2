/** One session of the user, from joining to leaving: the client, its conversations, and the actions of the user. */

import { Client } from "../client/client.ts";
import type { LinkCode } from "../client/devices/link_claim.ts";
import type { PasswordPrompt } from "../client/join/password_prompter.ts";
import { PageCalls } from "./calls/page_calls.ts";
import { createVerifier } from "../identity/key_choice.ts";
import { clientIdentity } from "../identity/client_identity.ts";
import type { InviteEvent, Message, ServerEvent } from "../protocol/messages/messages.ts";
import type { PasswordView } from "./views/password_view.ts";
import { PageChat, TYPED_REF } from "./page_chat.ts";
import type { Conversation } from "./model/conversation.ts";
import type { SavedSession } from "./model/browser_storage.ts";
import type { BrowserKeys } from "./model/browser_keys.ts";
import { pageDevice } from "./model/page_device.ts";
import type { DeviceUser } from "./model/device_users.ts";
import { dialWebSocket, socketAddress } from "./websocket_connection.ts";
import { PageActions, type Panels } from "./page_actions.ts";

export interface PageSessionOptions extends SavedSession {
  /** The path of the server's `/`. */
  readonly folder: string;
  readonly secret?: string;
  /** Shown by another device of the user, which then admits this one. */
  readonly code?: Pick<LinkCode, "code" | "secret">;
  /** Whether the user was in the chat before a reload. Then the client retries until the server answers. */
  readonly resumed: boolean;
  readonly storage: DeviceUser;
  readonly keys: BrowserKeys;
  readonly password: PasswordView;
  readonly panels: Panels;
  /** Words that count as a mention, besides the user's name. */
  readonly keywords: () => readonly string[];
  /** Whether the user wants notifications. */
  readonly notifies: () => boolean;
  readonly isWatched: () => boolean;
  readonly changed: () => void;
  /** Takes each event of the server, before the chat does. */
  readonly received: (event: ServerEvent) => void;
  readonly mentioned: (conversation: Conversation, message: Message) => void;
  readonly invited: (invite: InviteEvent) => void;
}

export class PageSession {
  readonly chat: PageChat;
  readonly actions: PageActions;
  readonly calls: PageCalls;
  readonly #password: PasswordView;
  readonly #options: PageSessionOptions;

  constructor(options: PageSessionOptions) {
    const { name, room, rooms, secret, resumed, storage, isWatched, changed } = options;
    this.#options = options;
    this.#password = options.password;
    const device = pageDevice(navigator.userAgent);
    const { folder, notifies } = options;
    this.calls = new PageCalls({ folder, notifies, chat: () => this.chat });
    this.chat = new PageChat({
      makeClient: (onEvent) =>
        new Client({
          dial: dialWebSocket(socketAddress(location, folder)),
          ...{ name, rooms, password: secret },
          onEvent: this.calls.following((event, ...states) => {
            if (event.type === "received" && event.event !== undefined) options.received(event.event);
            onEvent(event, ...states);
          }),
          acceptSuggestion: false,
          followRooms: true,
          openPlace: () => this.chat?.conversations.current?.place,
          retryFirst: resumed,
          device,
          linkCode: options.code && { ...options.code, ...device },
          memory: storage.memory,
          verify: createVerifier(),
          identity: clientIdentity({
            keyFor: (chat) => options.keys.keyFor(storage.keyId, chat),
            host: () => location.hostname.replace(/^\[(.*)\]$/, "$1"),
          }),
        }),
      ...{ room, direct: options.direct, closed: options.closed, isWatched, changed },
      keywords: options.keywords,
      now: () => new Date().toISOString(),
      ...{ mentioned: options.mentioned, invited: options.invited },
    });
    this.actions = new PageActions(this.chat, options.panels);
    this.chat.client.askPassword = (question) => this.#answer(question);
  }

  /** Whether the server has admitted the user. */
  get entered(): boolean {
    return this.chat.state.you !== undefined;
  }

  /** Whether this device asked another one to admit it. */
  get isClaim(): boolean {
    return this.#options.code !== undefined;
  }

  /** The names of the open rooms. */
  get rooms(): readonly string[] {
    return this.chat.conversations.rooms.map(({ partner }) => partner.kind === "room" ? partner.room : "");
  }

  /** The state with which the tab continues after a reload; `undefined` before the join, and when the client is closed. */
  get saved(): SavedSession | undefined {
    const { state: { you, status }, conversations } = this.chat;
    if (you === undefined || status.kind === "closed") return undefined;
    const { rooms } = this;
    const current = conversations.current?.partner;
    const room = current?.kind === "room" ? current.room : rooms[0];
    const direct = current?.kind === "direct" ? current.member : undefined;
    return room === undefined ? undefined : { name: you.name, room, rooms, direct, closed: conversations.closed };
  }

  /** Removes the key that no member has. */
  forgetKey(): void {
    const { keys, storage } = this.#options;
    const { server } = this.chat.state;
    if (server !== undefined) void keys.forget(storage.keyId, server.id);
  }

  async login(name: string | undefined): Promise<void> {
    const password = await this.#password.ask(
      name === undefined ? "Password of the server's owner" : `Password of ${name}`,
    );
    if (password !== undefined) this.chat.client.login(name, password);
  }

  /** Protects the user's name with a password. */
  async register(): Promise<void> {
    const password = await this.#password.ask("New password for your name");
    const again = password && await this.#password.ask("Repeat the password");
    if (password === undefined || again === undefined) return;
    const { chat } = this;
    if (again !== password) chat.note("The passwords differ: register again", "error");
    else chat.client.command({ type: "register", ref: TYPED_REF, password });
  }

  #answer({ kind, room, name }: PasswordPrompt): Promise<string | undefined> {
    const titles = {
      server: "This chat requires a password",
      room: `#${room} requires a password`,
      account: `The name ${name} has an account`,
      admin: "Password of the server's owner",
    };
    return this.#password.ask(titles[kind]);
  }
}
