/** The whole terminal client on a clock that the test controls. */

import { runTerminal, type TerminalOptions } from "../../src/terminal/app.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { AT, FakeClient, joined, MemoryTerminal } from "./memory_terminal.ts";

/** Runs everything that waits for a promise or the next turn, but no longer timer. */
async function settle(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    clock.advance(0);
    await Promise.resolve();
  }
}

interface Starting extends
  Partial<
    Pick<
      TerminalOptions,
      | "typed"
      | "runEditor"
      | "color"
      | "confirmQuit"
      | "timeZone"
      | "settings"
      | "keepSetting"
      | "themes"
      | "bindings"
      | "hyperlinks"
      | "files"
      | "pictures"
      | "calls"
    >
  > {
  /** Called with the client before it starts. */
  readonly prepare?: (client: FakeClient) => void;
  readonly clock?: FakeClock;
  readonly columns?: number;
  readonly rows?: number;
}

/** A client at its prompt, in a window of the given size. */
export async function start(
  { columns = 40, rows = 12, color = false, prepare, clock = new FakeClock(Date.parse(AT)), ...options }: Starting = {},
) {
  const terminal = new MemoryTerminal(columns, rows);
  let client!: FakeClient;
  const ended = runTerminal({
    makeClient: (onEvent) => {
      client = new FakeClient(onEvent);
      prepare?.(client);
      return client;
    },
    room: "lobby",
    color,
    timeZone: "UTC",
    ...options,
    terminal,
    clock,
  });
  const settled = () => settle(clock);
  await settled();
  client.receive(joined("lobby"));
  client.emit({ type: "status", status: { kind: "online" } });
  await settled();
  const type = async (text: string) => {
    terminal.type(text);
    await settled();
  };
  const quit = async () => {
    await type("\x03\x03\x03");
    return await ended;
  };
  return { terminal, screen: terminal.screen, client, clock, ended, settled, type, quit };
}

/** The first lines of every chat. */
export const HEAD = "* You are zoe in #lobby, 3 here: ada, bob\n* /help lists the commands, Ctrl-D quits";
