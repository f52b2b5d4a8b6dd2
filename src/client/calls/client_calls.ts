/** The calls of a client: those that ring, and the one that it is in. */

import type { VideoForm, VideoPicture } from "../../protocol/calls/media_frame.ts";
import type { CallEvent, MediaEvent } from "../../protocol/messages/messages.ts";
import type { Client } from "../client.ts";
import type { Clock } from "../clock.ts";
import type { ClientListener, ClientState } from "../state/client_state.ts";
import { ActiveCall, type SeatState } from "./active_call.ts";
import { type CallDevices, DeviceError, type OpenMediaSocket } from "./call_ports.ts";

export interface ClientCallsOptions {
  readonly client: () => Pick<Client, "command" | "ignored">;
  readonly devices: CallDevices;
  readonly open: OpenMediaSocket;
  readonly clock: Clock;
  /** Called when `ringing`, `current` or a state in it has changed. Levels change without a call. */
  readonly changed: () => void;
  /** Called with each picture of a member, and of one's own camera, by the member's id. */
  readonly picture: (memberId: string, picture: VideoPicture) => void;
  /** Tells the user something, such as that the camera is gone. */
  readonly say: (text: string) => void;
}

/** A member of the current call. */
export interface CallSeat extends SeatState {
  readonly id: string;
  readonly name: string;
  readonly isOwn: boolean;
  /** `called`: asked, and not there yet. */
  readonly state: "called" | "in";
}

/** A call that the client is in. */
export interface CurrentCall {
  readonly event: CallEvent;
  readonly seats: readonly CallSeat[];
  /** Whether the media connection is up. */
  readonly isUp: boolean;
}

/** The `ref` of the command that enters a call again, after the chat's connection was lost. */
const AGAIN_REF = "call-again";

export class ClientCalls {
  readonly #options: ClientCallsOptions;
  #state: ClientState | undefined;
  #active: ActiveCall | undefined;
  /** Ids of calls that the user does not want to hear of any more. */
  readonly #silenced = new Set<string>();
  /** Whether the next call that is entered has no pictures of this user. */
  #withoutCamera = false;
  #wasOnline = false;
  #form: VideoForm = { width: 0, height: 0, rate: 0 };

  constructor(options: ClientCallsOptions) {
    this.#options = options;
  }

  /** Takes the client's events before the listener. */
  following(listener: ClientListener): ClientListener {
    return (event, state, before) => {
      this.#state = state;
      const received = event.type === "received" ? event.event : undefined;
      if (received?.type === "error" && received.ref === AGAIN_REF) return this.#leave("The call is over");
      listener(event, state, before);
      if (received?.type === "media") this.#media(received);
      if (received?.type === "call") this.#called(received);
      if (event.type === "status") this.#linked(event.status.kind === "online");
      if (event.type === "status" && event.status.kind === "closed") this.#leave(undefined);
    };
  }

  /** Calls that ask this member to enter, oldest first. */
  get ringing(): readonly CallEvent[] {
    const own = this.#state?.you?.id;
    return [...this.#state?.calls.values() ?? []].filter(({ id, by, members }) =>
      !this.#silenced.has(id) && !this.#options.client().ignored.has(by) &&
      members.some((each) => each.id === own && each.state === "called")
    );
  }

  get current(): CurrentCall | undefined {
    const event = this.#active && this.#state?.calls.get(this.#active.id);
    if (this.#active === undefined || event === undefined) return undefined;
    const { isUp } = this.#active;
    return { event, isUp, seats: event.members.map((each) => this.#seat(this.#active!, each)) };
  }

  #seat(active: ActiveCall, { id, name, state, stream }: CallEvent["members"][number]): CallSeat {
    const isOwn = id === this.#state?.you?.id;
    const known = isOwn || stream === undefined ? active.own : active.seat(stream);
    const silent = { camera: undefined, microphone: undefined, level: 0, speaks: false };
    return { id, name, state, isOwn, ...stream === undefined ? silent : known };
  }

  /** Calls the members of a place, or enters the call there. Throws an Error for users. */
  call(place: { readonly room: string } | { readonly to: string }, audio: boolean): void {
    this.#withoutCamera = audio;
    this.#send({ type: "call", ...place, ...audio ? { audio: true as const } : {} });
  }

  /** Enters a call that rings, by default the oldest one. Throws an Error for users. */
  answer(audio: boolean, id?: string): void {
    const call = this.#find(id);
    this.#withoutCamera = audio || call.audio === true;
    this.#send({ type: "answer", call: call.id });
  }

  decline(id?: string): void {
    const call = this.#find(id);
    this.#silenced.add(call.id);
    this.#send({ type: "answer", call: call.id, decline: true });
    this.#options.changed();
  }

  /** Leaves the current call. Throws an Error for users. */
  hangUp(): void {
    const { id } = this.#current();
    // The devices end at once, also without a connection.
    this.#leave(undefined);
    this.#send({ type: "hangup", call: id });
  }

  /** Switches the camera. Throws an Error for users. */
  setCamera(on: boolean): void {
    this.#current().setCamera(on);
  }

  setMicrophone(on: boolean): void {
    this.#current().setMicrophone(on);
  }

  /** With push to talk the microphone is heard only between two presses. Throws an Error for users. */
  setPushToTalk(on: boolean): void {
    this.#current().pushToTalk = on;
  }

  /** Whether the current call has push to talk. */
  get pushesToTalk(): boolean {
    return this.#active?.pushToTalk === true;
  }

  /** Whether the button of push to talk is pressed; `undefined` without push to talk. */
  get talks(): boolean | undefined {
    return this.pushesToTalk ? this.#active!.pressed : undefined;
  }

  /** Presses the button of push to talk, or lets it go. Returns whether it is pressed; `undefined` without push to talk. */
  press(): boolean | undefined {
    const active = this.#active;
    if (active?.pushToTalk !== true) return undefined;
    return active.pressed = !active.pressed;
  }

  /** What can be drawn of each member. */
  show(form: VideoForm): void {
    this.#form = form;
    this.#active?.show(form);
  }

  /** Ends the devices; the client is closed. */
  stop(): void {
    this.#leave(undefined);
  }

  #find(id: string | undefined): CallEvent {
    const found = id === undefined ? this.ringing[0] : this.ringing.find((call) => call.id === id);
    if (found === undefined) throw new Error("Nobody is calling you");
    return found;
  }

  #current(): ActiveCall {
    if (this.#active === undefined) throw new Error("You are in no call: /call begins one");
    return this.#active;
  }

  #send(command: Parameters<Client["command"]>[0]): void {
    if (!this.#options.client().command(command)) {
      throw new Error("There is no connection right now: try again once it is back");
    }
  }

  #media({ call, token, ended }: MediaEvent): void {
    if (ended) return this.#active?.id === call ? this.#leave(undefined) : undefined;
    if (token === undefined) return;
    if (this.#active?.id === call) return this.#active.renew(token);
    this.#leave(undefined);
    this.#begin(call, token);
  }

  #begin(call: string, token: string): void {
    const { devices, open, clock, changed, say } = this.#options;
    const picture = (stream: number | undefined, shown: VideoPicture) => this.#drawn(stream, shown);
    const active = this.#active = new ActiveCall({ devices, open, clock, changed, picture, failed: say }, {
      call,
      token,
    });
    active.show(this.#form);
    const event = this.#state?.calls.get(call);
    if (event !== undefined) active.update(event);
    if (!this.#withoutCamera && devices.camera !== undefined) this.#try(() => active.setCamera(true));
    if (devices.microphone !== undefined) this.#try(() => active.setMicrophone(true));
    if (typeof devices.loudspeaker === "string") say(devices.loudspeaker);
    changed();
  }

  #try(start: () => void): void {
    try {
      start();
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      this.#options.say(error.message);
    }
  }

  #drawn(stream: number | undefined, picture: VideoPicture): void {
    const own = this.#state?.you?.id;
    const event = this.#active && this.#state?.calls.get(this.#active.id);
    const id = stream === undefined ? own : event?.members.find((each) => each.stream === stream)?.id;
    if (id !== undefined) this.#options.picture(id, picture);
  }

  #called(event: CallEvent): void {
    if (event.ended) this.#silenced.delete(event.id);
    if (event.id === this.#active?.id) {
      if (event.ended) this.#leave(undefined);
      else this.#active.update(event);
    }
    this.#options.changed();
  }

  /** Enters the call again when the chat is back: the session that was in it has ended. */
  #linked(isOnline: boolean): void {
    if (isOnline && !this.#wasOnline && this.#active !== undefined) {
      this.#options.client().command({ type: "answer", call: this.#active.id, ref: AGAIN_REF });
    }
    this.#wasOnline = isOnline;
  }

  #leave(reason: string | undefined): void {
    const active = this.#active;
    if (active === undefined) return;
    this.#active = undefined;
    active.close();
    if (reason !== undefined) this.#options.say(reason);
    this.#options.changed();
  }
}
