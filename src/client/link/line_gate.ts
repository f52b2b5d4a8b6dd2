/** The port of a gate: it decides when the `welcome` of a server counts. */

import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import type { LinkEnd } from "./link_end.ts";

/** The part of a link that its gate uses. */
export interface GatedLink {
  send(command: ClientCommand): void;
  end(ending: LinkEnd): void;
  /** Passes a line to the client. After a `welcome`, the gate gets no more lines. Does nothing once the link has ended. */
  pass(line: string, event: ServerEvent | undefined): void;
}

/** Gets each line of a link, until it has passed `welcome`. */
export interface LineGate {
  receive(line: string, event: ServerEvent | undefined): void;
}

/** Called for each link. */
export type OpenGate = (link: GatedLink) => LineGate;
