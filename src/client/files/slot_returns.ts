import type { SlotEvent } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";
import { SLOT_RETURN_MS } from "../../protocol/limits.ts";
import type { OpenFileLink } from "./file_ports.ts";
import { useLink } from "./link_use.ts";

/** Gives slots back that no message will use: the server frees their bytes at once, instead of after `SLOT_MS`. */
export class SlotReturns {
  readonly #options: { readonly openLink: OpenFileLink; readonly clock: Clock };
  readonly #running = new Set<Promise<void>>();

  constructor(options: { readonly openLink: OpenFileLink; readonly clock: Clock }) {
    this.#options = options;
  }

  /** Tells the server once, within `SLOT_RETURN_MS`: where that fails, the slot ends by itself. */
  begin(slot: Pick<SlotEvent, "path" | "token">): void {
    const running = this.#tell(slot).catch(() => {}).then(() => void this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when the server has been told of all. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #tell({ path, token }: Pick<SlotEvent, "path" | "token">): Promise<void> {
    const [late, done] = [new AbortController(), new AbortController()];
    this.#options.clock.after(SLOT_RETURN_MS, () => late.abort(), done.signal);
    try {
      await useLink({ ...this.#options, signal: late.signal }, async (http) => {
        await http.ask({ method: "DELETE", path, headers: { Authorization: `Bearer ${token}` } });
      });
    } finally {
      done.abort();
    }
  }
}
