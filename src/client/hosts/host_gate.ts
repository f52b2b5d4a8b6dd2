/** Holds a link of a shared chat back until its server has proved that it hosts the chat. */

import type { HostingEvent, ServerEvent, WelcomeEvent } from "../../protocol/messages/messages.ts";
import type { GatedLink, LineGate, OpenGate } from "../link/line_gate.ts";
import { lost, untrusted } from "../link/link_end.ts";
import { type HostRefusal, HostVerifier, type HostVerifierOptions } from "./host_verifier.ts";

export interface HostGateOptions extends HostVerifierOptions {
  /** Returns the nonce of a link: random bytes in base64url. */
  readonly newNonce: () => string;
}

/** Returns the gates for the links of a client whose chat has this key. */
export function createHostGates(options: HostGateOptions): OpenGate {
  const verifier = new HostVerifier(options);
  let isProved = false;
  return (link) =>
    new HostGate(link, {
      verifier,
      nonce: options.newNonce(),
      proved: () => isProved = true,
      wasProved: () => isProved,
    });
}

interface GateParts {
  readonly verifier: HostVerifier;
  readonly nonce: string;
  readonly proved: () => void;
  /** Whether any link of the client led to a host. */
  readonly wasProved: () => boolean;
}

const PROVE_REF = "prove";

class HostGate implements LineGate {
  readonly #link: GatedLink;
  readonly #parts: GateParts;
  #welcome: { readonly line: string; readonly event: WelcomeEvent } | undefined;
  #isAnswered = false;

  constructor(link: GatedLink, parts: GateParts) {
    this.#link = link;
    this.#parts = parts;
  }

  receive(line: string, event: ServerEvent | undefined): void {
    switch (event?.type) {
      case "welcome":
        return this.#ask(line, event);
      case "hosting":
        return this.#answered(event);
      case "error":
        if (event.ref === PROVE_REF) {
          return this.#refuse({ reason: `The server did not prove its part: ${event.message}` });
        }
        return this.#link.pass(line, event);
      case "goodbye":
        return this.#link.pass(line, event);
      default:
        return;
    }
  }

  #ask(line: string, event: WelcomeEvent): void {
    if (this.#welcome !== undefined) return;
    this.#welcome = { line, event };
    const refusal = this.#parts.verifier.refusalOf(event);
    if (refusal !== undefined) return this.#refuse(refusal);
    this.#link.send({ type: "prove", ref: PROVE_REF, nonce: this.#parts.nonce });
  }

  #answered(event: HostingEvent): void {
    if (this.#isAnswered || this.#welcome === undefined) return;
    this.#isAnswered = true;
    const welcome = this.#welcome;
    void this.#parts.verifier.check(welcome.event, event, this.#parts.nonce).then((refusal) => {
      if (refusal !== undefined) return this.#refuse(refusal);
      this.#parts.proved();
      this.#link.pass(welcome.line, welcome.event);
    });
  }

  #refuse({ reason, isOlder }: HostRefusal): void {
    if (isOlder) return this.#link.end(lost(reason));
    const end = untrusted(reason);
    // The address of a host may be another machine's now: a client that was in the chat looks for the next host.
    this.#link.end(this.#parts.wasProved() ? { ...end, kind: "lost", retryAfterMs: 0 } : end);
  }
}
