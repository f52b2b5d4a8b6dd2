/** A chat at a real terminal, with a real server and a second member. */

import { HAS_TMUX, serve, type Served } from "./e2e.ts";
import { Peer } from "./e2e_peer.ts";
import { type TerminalSize, Tmux } from "./tmux.ts";

/** A server, ada at a terminal's prompt, and bob as a JSON client. */
export interface Chat {
  readonly server: Served;
  readonly terminal: Tmux;
  readonly bob: Peer;
}

interface ChatOptions {
  readonly size?: TerminalSize;
  /** Options of `serve`. */
  readonly serving?: readonly string[];
  /** Options of `connect`. */
  readonly connecting?: string;
  /** Variables before the command. */
  readonly before?: string;
}

/** Registers a test that needs a terminal. */
export function chatTest(name: string, body: (chat: Chat) => Promise<void>, options: ChatOptions = {}): void {
  Deno.test({
    name: `${name} (needs tmux)`,
    ignore: !HAS_TMUX,
    async fn() {
      const { size, serving = [], connecting = "", before = "" } = options;
      await using server = await serve(...serving);
      await using bob = await Peer.join(server.address, "bob");
      await using terminal = await Tmux.open(size);
      await terminal.enter(`${before} confab connect ${server.address} --name ada ${connecting}`);
      await bob.next({ type: "join" });
      if (connecting !== "--json") await terminal.until((screen) => unwrapped(screen).includes("Ctrl-D quits"));
      await body({ server, terminal, bob });
    },
  });
}

export async function say(bob: Peer, ...texts: readonly string[]): Promise<void> {
  await bob.send(...texts.map((text) => ({ type: "message", room: "lobby", text })));
}

/** Returns the rows of a screen as one string without wraps. */
export function unwrapped(screen: string): string {
  return screen.replaceAll("\n", "");
}
