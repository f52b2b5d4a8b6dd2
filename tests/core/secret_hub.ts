import type { Effect, Hashed, SessionId } from "../../src/core/effect.ts";
import type { Hub } from "../../src/core/hub.ts";
import type { HubCommand } from "../../src/core/hub_command.ts";
import type { ClientCommand } from "../../src/protocol/messages/messages.ts";
import type { LocalCommand } from "../../src/server/turn/local_commands.ts";
import { mayHoldSecret, type SecretKeeper } from "../../src/server/turn/secret_keeper.ts";

/** Runs commands with secrets on a hub, as the server does with ops. */
export class SecretHub {
  readonly #hub: Hub;
  readonly #keeper: SecretKeeper;

  constructor(hub: Hub, keeper: SecretKeeper) {
    this.#hub = hub;
    this.#keeper = keeper;
  }

  handle(id: SessionId, command: Exclude<ClientCommand, LocalCommand>, now: number): Effect[] {
    if (!mayHoldSecret(command)) return this.#hub.handle(id, command as HubCommand, now);
    const prepared = this.#keeper.prepare(id, command);
    const effects = this.#hub.handle(id, prepared.command, now);
    return effects.map((effect) => this.#keeper.fill(effect, prepared.origin));
  }

  hashed(ticket: number, hashed: Hashed, now: number): Effect[] {
    const effects = this.#hub.hashed(ticket, hashed, now);
    const origin = this.#keeper.takeHashed(ticket);
    return origin === undefined ? effects : effects.map((effect) => this.#keeper.fill(effect, origin));
  }

  passwordOf(ticket: number): string {
    return this.#keeper.passwordOf(ticket)!;
  }
}
