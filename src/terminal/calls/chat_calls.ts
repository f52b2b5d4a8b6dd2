/** The calls of a chat at a prompt: the commands, what rings, and who is in the call. */

import { type CallSeat, ClientCalls } from "../../client/calls/client_calls.ts";
import type { Client } from "../../client/client.ts";
import type { ClientListener, ClientState } from "../../client/state/client_state.ts";
import type { CallAction } from "../../presentation/commands/slash_input.ts";
import type { CallEvent } from "../../protocol/messages/messages.ts";
import type { VideoForm } from "../../client/calls/call_ports.ts";
import type { VideoTile } from "../video/video_screen.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { CallPictures } from "./call_pictures.ts";
import { callRow, presentCallRow } from "./call_rows.ts";
import type { CallSetup, PixelBox } from "./call_setup.ts";

export interface ChatCallsOptions {
  readonly setup: CallSetup | undefined;
  readonly client: () => Pick<Client, "command" | "ignored">;
  readonly state: () => ClientState;
  /** The key of the current place. */
  readonly place: () => string | undefined;
  readonly say: (text: string) => void;
  /** Tells a user who does not look that a member is calling. */
  readonly notify: (text: string, place: string) => void;
  /** Called when `row` or `tiles` may have changed. Absent where nothing is drawn: then words say who speaks. */
  readonly changed?: (() => void) | undefined;
  /** The largest size of a picture; `undefined` while none are shown. */
  readonly box?: (() => PixelBox | undefined) | undefined;
}

/** How often it is looked who speaks. */
const LOOK_MS = 200;

export class ChatCalls {
  readonly #options: ChatCallsOptions;
  readonly #calls: ClientCalls | undefined;
  readonly #pictures: CallPictures | undefined;
  /** Ids of calls of which the user was told. */
  readonly #announced = new Set<string>();
  /** The member who spoke last, in words. */
  #speaker: string | undefined;
  #looking: AbortController | undefined;

  constructor(options: ChatCallsOptions) {
    this.#options = options;
    const { setup, client, say } = options;
    if (setup === undefined) return;
    const { devices, open, clock, openStream } = setup;
    const changed = () => this.#changed();
    this.#pictures = new CallPictures({
      openStream,
      box: options.box ?? (() => undefined),
      changed: () => this.#draw(),
    });
    const picture = this.#pictures.take.bind(this.#pictures);
    this.#calls = new ClientCalls({ client, devices, open, clock, changed, picture, say });
  }

  /** Takes the events of the client before the listener. */
  following(listener: ClientListener): ClientListener {
    return this.#calls?.following(listener) ?? listener;
  }

  /** A tile for each member of the call; empty without one. */
  get tiles(): VideoTile[] {
    return this.#pictures?.tiles(this.#seats) ?? [];
  }

  /** A row that says who is in the call, or that one is on in the current place; `undefined` without one. */
  get row(): string | undefined {
    const current = this.#calls?.current;
    if (current !== undefined) return callRow(current, this.#calls!.talks);
    const here = this.#callHere();
    return here && presentCallRow(here);
  }

  /** Does what the user asks for. Throws an Error for users. */
  perform(action: CallAction): void {
    const calls = this.#calls;
    if (calls === undefined) throw new Error("Calls are not available here");
    switch (action.do) {
      case "call":
        return calls.call(action.place, action.audio);
      case "answer":
        return calls.answer(action.audio);
      case "hangup":
        return calls.hangUp();
      case "camera":
        return calls.setCamera(action.on);
      case "microphone":
        return calls.setMicrophone(action.on);
      case "ptt":
        return this.#pushToTalk(calls, action.on);
      default:
        return action satisfies never;
    }
  }

  /** Declines the call that rings; returns false if none does. */
  decline(): boolean {
    if (this.#calls === undefined || this.#calls.ringing.length === 0) return false;
    this.#calls.decline();
    return true;
  }

  /** Begins to talk, or ends it. Returns false without push to talk. */
  press(): boolean {
    const pressed = this.#calls?.press();
    if (pressed !== undefined) this.#draw();
    return pressed !== undefined;
  }

  /** Asks the others for pictures of this form. */
  wants(form: VideoForm): void {
    this.#calls?.show(form);
  }

  stop(): void {
    this.#looking?.abort();
    this.#calls?.stop();
    this.#pictures?.keep([]);
  }

  #pushToTalk(calls: ClientCalls, on: boolean | undefined): void {
    const wanted = on ?? !calls.pushesToTalk;
    calls.setPushToTalk(wanted);
    this.#options.say(
      wanted ? "The others hear you after Space in an empty line, until the next Space" : "The others hear you speak",
    );
  }

  get #seats(): readonly CallSeat[] {
    return this.#calls?.current?.seats ?? [];
  }

  #callHere(): CallEvent | undefined {
    const place = this.#options.place();
    return [...this.#options.state().calls.values()].find(({ room, with: partner }) =>
      place !== undefined && place === (room ?? `@${partner?.id}`)
    );
  }

  #changed(): void {
    this.#announce();
    this.#pictures!.keep(this.#seats);
    const isIn = this.#calls!.current !== undefined;
    if (isIn && this.#looking === undefined) this.#look();
    if (!isIn) {
      this.#looking?.abort();
      this.#looking = this.#speaker = undefined;
    }
    this.#draw();
  }

  /** Notifies of each call that rings, once. */
  #announce(): void {
    const ringing = this.#calls!.ringing;
    for (const { id, by, room } of ringing) {
      if (this.#announced.has(id)) continue;
      this.#announced.add(id);
      this.#options.notify(`${by.name} is calling you`, room ?? `@${by.id}`);
    }
    for (const id of this.#announced) if (!this.#options.state().calls.has(id)) this.#announced.delete(id);
  }

  /** Looks again and again who speaks. */
  #look(): void {
    const looking = this.#looking ??= new AbortController();
    this.#options.setup!.clock.after(LOOK_MS, () => {
      this.#tellSpeaker();
      this.#draw();
      this.#look();
    }, looking.signal);
  }

  /** Says in words who speaks, where nothing is drawn. */
  #tellSpeaker(): void {
    if (this.#options.changed !== undefined) return;
    const speaker = this.#seats.find(({ speaks, isOwn }) => speaks && !isOwn);
    if (speaker === undefined || speaker.id === this.#speaker) return;
    this.#speaker = speaker.id;
    this.#options.say(`${sanitizeLine(speaker.name)} is speaking`);
  }

  #draw(): void {
    this.#options.changed?.();
  }
}
