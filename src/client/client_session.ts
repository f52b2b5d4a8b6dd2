/**
 * The conversation with the server: handshake, joins, messages and their replies. It outlives each link:
 * the `Reconnector` gives it one link after another, and `EventReceiver` passes on what arrives.
 */

import type { ClientIdentity } from "../protocol/identity/join_proof.ts";
import type { ClientCommand, Entry, ErrorEvent, ServerEvent } from "../protocol/messages/messages.ts";
import type { ClientEvent } from "./client_event.ts";
import type { Remembered } from "./client_memory.ts";
import type { Clock } from "./clock.ts";
import type { KeptUploads } from "./delivery/kept_uploads.ts";
import type { Target } from "./delivery/message_intent.ts";
import { ReadMarks } from "./delivery/read_marks.ts";
import { ReorderBuffer } from "./delivery/reorder_buffer.ts";
import { Sender } from "./delivery/sender.ts";
import type { VerifySignature } from "./delivery/signature_checker.ts";
import type { LinkCode } from "./devices/link_claim.ts";
import { OwnDevices } from "./devices/own_devices.ts";
import { EventReceiver, LEAVE_REF } from "./event_receiver.ts";
import { IgnoredMembers } from "./ignored_members.ts";
import { JoinFlow } from "./join/join_flow.ts";
import type { JoinRequests } from "./join/join_requests.ts";
import { refused } from "./link/link_end.ts";
import type { ServerLink } from "./link/server_link.ts";
import { SessionLink } from "./session_link.ts";
import { SessionMemory } from "./session_memory.ts";
import { SessionSignatures } from "./session_signatures.ts";
import { type ClientState, markOf } from "./state/client_state.ts";

export interface ClientSessionOptions {
  readonly clock: Clock;
  readonly requests: JoinRequests;
  /** The client's current state. */
  readonly state: () => ClientState;
  readonly acceptSuggestion: boolean;
  /** Joins the rooms that the member is in on other devices as well. */
  readonly followRooms: boolean;
  /** Asks once for what the member has not read on any device, though this client has received it. */
  readonly fromMark: boolean;
  /** The place that the user sees, for views that show one at a time: see `ClientOptions`. */
  readonly openPlace?: () => string | undefined;
  readonly identity?: ClientIdentity;
  readonly linkCode?: LinkCode;
  /** Describes this device, such as a `terminal` with the name `Terminal on Linux`. */
  readonly device?: { readonly kind: string; readonly name: string };
  readonly verify?: VerifySignature;
  readonly emit: (event: ClientEvent) => void;
  /** Called when the current link has been greeted and has joined a room: everything can be sent. */
  readonly onOnline: () => void;
  /** Called when there is something else to remember, before anything that depends on it is sent. */
  readonly changed: () => void;
  /** The files on their way to the server. Absent: they are not remembered. */
  readonly uploads?: KeptUploads | undefined;
  /** The state of an earlier client. */
  readonly remembered?: Remembered;
  /** The id of the chat, if it is known without such a state. */
  readonly chat?: string | undefined;
}

export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #requests: JoinRequests;
  readonly #memory: SessionMemory;
  readonly #link: SessionLink;
  readonly #signatures: SessionSignatures;
  readonly #devices: OwnDevices;
  readonly #buffer: ReorderBuffer;
  readonly #receiver: EventReceiver;
  readonly sender: Sender;
  readonly joinFlow: JoinFlow;
  readonly readMarks: ReadMarks;
  readonly ignored: IgnoredMembers;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    const { clock, requests, identity, device, emit, changed, onOnline } = options;
    this.#requests = requests;
    requests.device = device;
    this.#memory = new SessionMemory(changed, options.chat);
    const signatures = this.#signatures = new SessionSignatures(options);
    const isReady = (target: Target) => requests.isReady(target);
    this.sender = new Sender({ clock, emit, isReady, changed, sign: (message) => signatures.sign(message) });
    const send = (command: ClientCommand) => this.#link.send(command);
    this.readMarks = new ReadMarks({ clock, send, marked: (key) => markOf(options.state(), key) });
    const ignored = this.ignored = new IgnoredMembers({ reader: this.#memory.reader, state: options.state, send });
    this.#link = new SessionLink({ requests, sender: this.sender, readMarks: this.readMarks, ignored, onOnline });
    this.#devices = new OwnDevices({ clock, identity, device, author: () => signatures.author, send, emit });
    this.joinFlow = this.#makeJoinFlow();
    const { cursor } = this.#memory;
    const show = (line: string, event: Entry) => this.#receiver.show(line, event);
    const { fromMark, openPlace } = options;
    this.#buffer = new ReorderBuffer({ clock, cursor, fromMark, openPlace, show });
    this.#receiver = new EventReceiver({
      ...options,
      ...{ memory: this.#memory, buffer: this.#buffer, sender: this.sender, joinFlow: this.joinFlow },
      ...{ devices: this.#devices, signatures, link: this.#link, readMarks: this.readMarks, ignored },
    });
    if (options.remembered !== undefined) this.#restore(options.remembered);
    options.uploads?.start(options.remembered?.uploads ?? [], changed);
  }

  #makeJoinFlow(): JoinFlow {
    const { emit } = this.#options;
    return new JoinFlow({
      ...this.#options,
      position: (room) => this.#memory.cursor.position(room),
      everOnline: () => this.#link.everOnline,
      onNothingWanted: () => this.#link.goOnline(),
      onRefused: (room, error) => this.#joinRefused(room, error),
      onClaim: (claim) => emit({ type: "linkClaim", claim }),
      hold: (held) => this.#link.hold(held),
      onMove: () => this.#link.goOffline(),
    });
  }

  /** False only while the target is a room that this client wants to join and has not joined yet. */
  isReady(target: Target): boolean {
    return this.#requests.isReady(target);
  }

  /** Everything that the next client needs in order to continue here. */
  get remembered(): Remembered {
    const { name, token, keyed } = this.#requests;
    const uploads = this.#options.uploads?.records;
    return this.#memory.snapshot({ name, token, ...keyed ? { keyed } : {}, pending: this.sender.pending, uploads });
  }

  /** Asks for what this client has not received of the conversation with this key. */
  catchUp(key: string): void {
    this.#buffer.catchUp(key);
  }

  /** Whether the current link has been greeted and has joined a room. */
  get online(): boolean {
    return this.#link.online;
  }

  /** Whether to dial again after a lost link. */
  get mayReturn(): boolean {
    return this.#link.everOnline || this.joinFlow.asking;
  }

  /** Whether the chat has other servers, to which the client goes by its route, or a proxy leads it. */
  get hasOtherServers(): boolean {
    return this.#options.state().servers.length > 1;
  }

  linkOpened(link: ServerLink): void {
    this.#link.opened(link);
    this.#buffer.linkOpened(link);
    this.joinFlow.linkOpened(link);
  }

  linkLost(): void {
    this.#link.lost();
    this.#devices.linkLost();
    this.joinFlow.linkLost();
    this.#buffer.linkLost();
  }

  /** Takes a line of the current link. */
  receive(line: string, event: ServerEvent | undefined): void {
    this.#receiver.receive(line, event);
  }

  join(room: string, password?: string): void {
    this.#requests.want(room, password);
    this.joinFlow.enter();
  }

  leave(room: string): void {
    if (this.#requests.drop(room) || this.online) this.#link.sendInOrder({ type: "leave", room, ref: LEAVE_REF });
    this.sender.deliver();
  }

  rename(name: string): void {
    if (this.online) return this.#link.sendInOrder({ type: "rename", name });
    this.#requests.requestName(name);
    this.#options.changed();
  }

  /** Sends a command. A device of the member is revoked by a statement that this client signs. */
  command(command: ClientCommand): boolean {
    if (!this.online) return false;
    // The list counts unread messages.
    if (command.type === "conversations") this.readMarks.flush();
    const revoked = command.type === "revoke" ? command.session : undefined;
    const isSigned = revoked !== undefined && this.#devices.revoke(revoked, command.ref);
    if (!isSigned) this.#link.sendInOrder(command);
    return true;
  }

  /** Offers to admit another device. False while not online or without a key that the server knows. */
  offerLink(): boolean {
    return this.online && this.#devices.offer();
  }

  /** Admits the device that claimed the offer, or refuses it. False if none waits for the answer. */
  answerLink(accept: boolean): boolean {
    return this.#devices.answer(accept);
  }

  /** Sends the read marks that wait, and `leave`, after which nothing more is sent. */
  sendLeave(): void {
    this.readMarks.flush();
    this.joinFlow.stop();
    this.#link.sendLeave();
  }

  /** Called when the client is closed. Resolves when no signature is being checked. */
  async end(): Promise<void> {
    await this.#signatures.stop();
  }

  #restore(remembered: Remembered): void {
    const { token, keyed, pending, uploads = [] } = remembered;
    this.#memory.restore(remembered);
    this.#requests.token = token;
    this.#requests.keyed = keyed === true;
    this.sender.restore(pending);
    for (const { target } of [...pending, ...uploads]) {
      if ("room" in target) this.#requests.want(target.room);
    }
  }

  #joinRefused(room: string, error: ErrorEvent): void {
    if (!this.#link.everOnline) return this.#link.end(refused(error.message));
    this.#requests.drop(room);
    if (!this.online && this.#requests.wantsNothing) return this.#link.end(refused(error.message));
    this.joinFlow.enter();
    this.sender.deliver();
  }
}
