/** The link of a session: one after another, offline until the server has admitted the client on it. */

import type { ClientCommand } from "../protocol/messages/messages.ts";
import type { ReadMarks } from "./delivery/read_marks.ts";
import type { Sender } from "./delivery/sender.ts";
import type { IgnoredMembers } from "./ignored_members.ts";
import type { JoinRequests } from "./join/join_requests.ts";
import type { LinkEnd } from "./link/link_end.ts";
import type { ServerLink } from "./link/server_link.ts";

export interface SessionLinkOptions {
  readonly requests: JoinRequests;
  readonly sender: Sender;
  readonly readMarks: ReadMarks;
  readonly ignored: IgnoredMembers;
  /** Called when the current link is online, before messages are sent. */
  readonly onOnline: () => void;
}

export class SessionLink {
  readonly #options: SessionLinkOptions;
  readonly #sender: Sender;
  #link: ServerLink | undefined;
  #online = false;
  #everOnline = false;
  #leaving = false;
  /** The last error or notice on this link: it explains a `goodbye`. */
  lastReason: string | undefined;

  constructor(options: SessionLinkOptions) {
    this.#options = options;
    this.#sender = options.sender;
  }

  /** Whether the current link has been greeted and has joined a room: everything can be sent. */
  get online(): boolean {
    return this.#online;
  }

  /** Whether any link was online. */
  get everOnline(): boolean {
    return this.#everOnline;
  }

  /** Whether the current link leads to another server than that at the address which the user gave. */
  get isOther(): boolean {
    return this.#link?.isOther === true;
  }

  opened(link: ServerLink): void {
    this.#link = link;
  }

  lost(): void {
    this.#link = undefined;
    this.#online = false;
    this.lastReason = undefined;
    this.#pause();
  }

  /** Sends a command at once, if there is a link. */
  send(command: ClientCommand): void {
    this.#link?.send(command);
  }

  /** Sends a command over the current link, after the messages before it. */
  sendInOrder(command: ClientCommand): void {
    const link = this.#link;
    this.#sender.inOrder(() => link?.send(command));
  }

  /** Sends `leave`, after which the session is never online again. */
  sendLeave(): void {
    this.#leaving = true;
    this.#sender.inOrder(() => {
      this.#link?.send({ type: "leave" });
      this.goOffline();
    });
  }

  end(ending: LinkEnd): void {
    this.#link?.end(ending);
  }

  goOnline(): void {
    if (this.#online || this.#leaving) return;
    this.#online = true;
    this.#everOnline = true;
    const name = this.#options.requests.takeNewName();
    if (name !== undefined) this.sendInOrder({ type: "rename", name });
    this.#options.onOnline();
    this.hold(false);
  }

  goOffline(): void {
    this.#online = false;
    this.#pause();
  }

  /** Messages, read marks and blocks wait while they are held, and while the session is not online. */
  hold(held: boolean): void {
    if (held) return this.#pause();
    if (!this.#online || this.#link === undefined) return;
    this.#sender.use(this.#link);
    this.#options.readMarks.resume(this.#link.signal);
    this.#options.ignored.resume();
  }

  #pause(): void {
    this.#sender.pause();
    this.#options.readMarks.pause();
    this.#options.ignored.pause();
  }
}
