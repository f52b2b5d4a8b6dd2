import { tooFast } from "../../core/commands/voice.ts";
import type { Effect } from "../../core/effect.ts";
import type { Hub } from "../../core/hub.ts";
import { HostAnswers, type HostAsker } from "../copies/host_answers.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { TYPING_INTERVAL_MS } from "../../protocol/limits.ts";
import {
  type ClientCommand,
  errorEvent,
  type ServerEvent,
  type SharedChatCommand,
  type TypingCommand,
} from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";

/** The commands that change nothing of the chat: the server answers them by itself. */
export type LocalCommand = Extract<ClientCommand, { readonly type: typeof LOCAL_TYPES[number] }>;

const LOCAL_TYPES = ["ping", "pong", "typing", "prove", "hosts", "host"] as const;

/** The sender of a command, and the rates of its connection. Each `take` counts a command, or returns the seconds until one is allowed. */
export interface LocalSender extends HostAsker {
  takePing(): number;
  takeTyping(): number;
}

export function isLocal(command: ClientCommand): command is LocalCommand {
  return (LOCAL_TYPES as readonly string[]).includes(command.type);
}

/** Answers commands that the hub need not decide on. Of a member who is writing it tells once in `TYPING_INTERVAL_MS`. */
export class LocalCommands {
  readonly #hub: Pick<Hub, "typing">;
  readonly #hosts: HostAnswers;
  /** When others were last told that the member is writing, by id, oldest first. */
  readonly #toldAt = new Map<string, number>();

  /** `hosts` answers what concerns the hosts of a shared chat. */
  constructor(hub: Pick<Hub, "typing">, hosts = new HostAnswers()) {
    this.#hub = hub;
    this.#hosts = hosts;
  }

  /** `now` is in milliseconds since the epoch. */
  answer(sender: LocalSender, command: LocalCommand, now: number): Effect[] {
    try {
      return this.#answer(sender, command, now);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return toSender(sender, errorEvent(error, command.ref));
    }
  }

  /** Notes that others are told that the member is writing; false if they were told less than `TYPING_INTERVAL_MS` ago. */
  mayTell(memberId: string, now: number): boolean {
    const elapsed = now - (this.#toldAt.get(memberId) ?? -Infinity);
    // A clock that goes back does not lengthen the interval.
    if (elapsed >= 0 && elapsed < TYPING_INTERVAL_MS) return false;
    this.#toldAt.delete(memberId);
    this.#toldAt.set(memberId, now);
    for (const [id, at] of this.#toldAt) {
      if (now - at < TYPING_INTERVAL_MS) break;
      this.#toldAt.delete(id);
    }
    return true;
  }

  #answer(sender: LocalSender, command: LocalCommand, now: number): Effect[] {
    switch (command.type) {
      case "ping":
        checkRate(sender.takePing());
        return toSender(sender, { type: "pong", ref: command.ref, at: timestamp(now) });
      case "pong":
        return [];
      case "typing":
        checkRate(sender.takeTyping());
        return this.#type(sender, command, now);
      case "prove":
      case "hosts":
      case "host":
        checkRate(sender.takeTyping());
        return this.#answerHost(sender, command);
      default:
        return command satisfies never;
    }
  }

  #answerHost(sender: LocalSender, command: SharedChatCommand): Effect[] {
    const event = this.#hosts.answer(sender, command);
    return event === undefined ? [] : toSender(sender, event);
  }

  #type({ id }: LocalSender, command: TypingCommand, now: number): Effect[] {
    return this.#hub.typing(id, command, now)
      .filter((effect) => effect.type !== "signal" || this.mayTell(effect.event.member.id, now));
  }
}

function checkRate(wait: number): void {
  if (wait > 0) throw tooFast(wait);
}

function toSender({ id }: LocalSender, event: ServerEvent): Effect[] {
  return [{ type: "send", session: id, event }];
}
