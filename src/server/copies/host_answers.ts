import type { SessionId } from "../../core/effect.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { hostText } from "../../protocol/hosts/host_proof.ts";
import type { HostsEvent, ServerEvent, SharedChatCommand, WelcomeEvent } from "../../protocol/messages/messages.ts";
import type { HostedOptions } from "./hosted_options.ts";

/** The sender of a command about hosts. */
export interface HostAsker {
  readonly id: SessionId;
  /** The nonce in its `welcome`; `undefined` for people on nc. */
  readonly nonce: string | undefined;
  /** The fingerprint of the certificate of its connection, if TLS ends here. */
  readonly tls: string | undefined;
  /** Notes that it has asked for a proof. Returns false from the second time on. */
  askForProof(): boolean;
}

export interface HostAnswersOptions {
  readonly hosted: HostedOptions;
  /** The id of the chat. */
  readonly chat: string;
  /** Followers that have all that they may have. */
  readonly copies: () => number;
  /** Whether the session is one of an owner, or has joined on this machine itself. */
  readonly isOwner: (session: SessionId) => boolean;
}

/** Answers what clients ask about the hosts of a shared chat. For any other chat it throws `not_shared`. */
export class HostAnswers {
  readonly #given: HostAnswersOptions | undefined;

  /** Without options the chat is not shared. */
  constructor(options?: HostAnswersOptions) {
    this.#given = options;
  }

  get #options(): HostAnswersOptions {
    if (this.#given === undefined) {
      const text = "This chat has one host only: others can host it once its host has shared it";
      throw new ProtocolError("not_shared", text);
    }
    return this.#given;
  }

  /** Throws `not_shared`, `forbidden`, `invalid`, or what `HostedOptions.handOver` throws. */
  answer(asker: HostAsker, command: SharedChatCommand): ServerEvent | undefined {
    switch (command.type) {
      case "prove":
        return this.#prove(asker, command);
      case "hosts":
        return { ...this.hosts, ref: command.ref };
      case "host":
        return this.#handOver(asker, command);
      default:
        return command satisfies never;
    }
  }

  /** The `welcome` with what it says about hosts. Nothing of it is proved yet. */
  welcome(event: WelcomeEvent): WelcomeEvent {
    if (this.#given === undefined) return event;
    const { chatKey, term, host: { key, name } } = this.#given.hosted;
    return { ...event, hosted: { key: chatKey, term, host: { key, name } } };
  }

  get hosts(): HostsEvent {
    const { hosted: { term, host: { key, name }, candidates }, copies } = this.#options;
    return { type: "hosts", term, host: { key, name }, candidates: candidates(), copies: copies() };
  }

  /** A signature takes 50 µs: each connection gets one. */
  #prove(asker: HostAsker, { nonce: clientNonce, ref }: Extract<SharedChatCommand, { type: "prove" }>): ServerEvent {
    const { chatKey, term, host: { key, name }, sign, roster } = this.#options.hosted;
    const { nonce: serverNonce, tls } = asker;
    if (serverNonce === undefined || !asker.askForProof()) {
      throw new ProtocolError("forbidden", "This connection has its proof already: connect again for another one");
    }
    const { chat } = this.#options;
    const signature = sign(hostText({ chat, chatKey, term, key, tls, clientNonce, serverNonce }));
    return {
      ...{ type: "hosting", ref, chat, key: chatKey, term, host: { key, name } },
      ...tls !== undefined && { tls },
      ...{ signature, roster: [...roster()] },
    };
  }

  #handOver({ id }: HostAsker, { to }: Extract<SharedChatCommand, { type: "host" }>): undefined {
    const { hosted: { handOver }, isOwner } = this.#options;
    if (!isOwner(id)) {
      throw new ProtocolError("forbidden", "Only an owner of the chat, or its host, can hand it over");
    }
    handOver(to);
  }
}
