/** Shows a dashboard and redraws it for each new board until a key ends it. */

import { type Clock, systemClock } from "../../client/clock.ts";
import { type Dashboard, layOutDashboard } from "./dashboard.ts";
import { KeySource } from "../input/key_source.ts";
import type { Key } from "../input/key_decoder.ts";
import { Painter } from "../screen/painter.ts";
import { createPalette } from "../render/palette.ts";
import type { Terminal } from "../screen/terminal_port.ts";

export interface DashboardOptions {
  /** The boards to show, one after another. The next one is requested after the current one is drawn. */
  readonly boards: AsyncIterable<Dashboard>;
  readonly color: boolean;
  readonly terminal: Terminal;
  readonly clock?: Clock;
  /** Frees unused memory, if the platform has a function for it. */
  readonly collect?: (() => void) | undefined;
}

const ENDING_KEYS: ReadonlySet<string> = new Set(["escape", "C-c", "C-d"]);

/** Resolves when the user quits, or when the boards or the terminal end. The terminal is restored in any case. */
export async function runDashboard({ boards, color, ...options }: DashboardOptions): Promise<void> {
  const { terminal, clock = systemClock } = options;
  const palette = createPalette(color);
  const ended = Promise.withResolvers<void>();
  const over = new AbortController();
  let board: Dashboard = { title: "", rows: [] };
  const painter = new Painter({
    terminal,
    clock,
    layOut: (size) => layOutDashboard(board, size, palette),
    collect: options.collect,
    lost: ended.resolve,
  });
  const paint = () => painter.paint();
  const press = (key: Key) => isEnding(key) && ended.resolve();
  const keys = new KeySource({ terminal, clock, press, paint, gone: ended.resolve, signal: over.signal });
  const show = async () => {
    for await (board of boards) paint();
  };
  using _raw = terminal.open({ resized: paint, stopped: () => ended.resolve() });
  try {
    await Promise.race([ended.promise, show(), keys.read()]);
    await painter.end();
  } finally {
    over.abort();
  }
}

function isEnding(key: Key): boolean {
  if (key.type === "press") return ENDING_KEYS.has(key.key);
  return key.type === "text" && /^q/i.test(key.text);
}
