/** Revokes a device of the member: asks for the number of the last statement, and signs the next one. */

import { deviceText } from "../../protocol/identity/signed_text.ts";
import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import type { LinkHost } from "./link_offer.ts";

export interface DeviceRevocationOptions {
  readonly signer: LinkHost;
  readonly key: string;
  /** The `ref` of the user's command, which the list of devices after the statement has, and any error. */
  readonly ref: string | undefined;
  readonly send: (command: ClientCommand) => void;
  /** RFC 3339 in UTC. */
  readonly now: () => string;
}

const REF = "revoke device";

export class DeviceRevocation {
  readonly #options: DeviceRevocationOptions;
  #isSigned = false;

  constructor(options: DeviceRevocationOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#options.send({ type: "device", ref: this.#ref });
  }

  get #ref(): string {
    return this.#options.ref ?? REF;
  }

  /** Takes the list that the statement follows. False for other events; an error is for the user to see. */
  receive(event: ServerEvent): boolean {
    if (this.#isSigned || event.type !== "devices" || event.ref !== this.#ref) return false;
    this.#isSigned = true;
    void this.#revoke(event.statements + 1);
    return true;
  }

  async #revoke(number: number): Promise<void> {
    const { signer: { chat, member, key: by, sign }, key, ref, send, now } = this.#options;
    const statement = { action: "revoke" as const, member, number, key, time: now(), by };
    send({ type: "device", ref, statement, signature: await sign(deviceText({ chat, ...statement })) });
  }
}
