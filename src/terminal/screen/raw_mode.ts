/** Raw mode: turns it on, and restores the terminal however the program ends. */

import { keyboard } from "./keyboard.ts";
import type { TakenTerminal, TerminalEvents } from "./terminal_port.ts";

/** Turns on bracketed paste and focus events (DEC private modes 2004 and 1004), and saves the title (XTWINOPS). */
const BEGIN = "\x1b[?2004h\x1b[?1004h\x1b[22;2t";
/** Reverts that, and resets auto-wrap, colours and the cursor, which an interrupted paint may have changed. */
const END = "\x1b[?2004l\x1b[?1004l\x1b[23;2t\x1b[?7h\x1b[0m\x1b[?25h";

/** The poll interval for the window size on Windows, which has no signal for it. */
const SIZE_POLL_MS = 250;

const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGQUIT"];

/** Calls back when the window is closed, until it is disposed of. */
export type OnHangup = (listener: () => void) => Disposable;

/** Turns on raw mode. Disposing, an exit, an exception or an unhandled rejection restores the terminal. */
export function takeRawMode(events: TerminalEvents, onHangup: OnHangup): TakenTerminal {
  using stack = new DisposableStack();
  let lent = false;
  const stopped = (signal: Deno.Signal) => {
    if (!lent || !isKeySignal(signal)) events.stopped(signal);
  };
  for (const signal of STOP_SIGNALS) listen(stack, signal, () => stopped(signal));
  stack.use(onHangup(() => stopped("SIGHUP")));
  watchSize(stack, events.resized);
  stack.use(takeInput(BEGIN, END));
  const lend = () => {
    lent = true;
    keyboard.setRaw(false);
    writeSync(END);
    return {
      [Symbol.dispose]: () => {
        lent = false;
        // If the terminal is closed, the next read reports it.
        tryTo(() => keyboard.setRaw(true));
        tryTo(() => writeSync(`\r${BEGIN}`));
      },
    };
  };
  const taken = stack.move();
  return { lend, [Symbol.dispose]: () => taken.dispose() };
}

/** Turns off echo until it is disposed of. It writes nothing to the terminal. */
export function hideInput(): Disposable {
  return takeInput("", "");
}

function takeInput(begin: string, end: string): Disposable {
  using stack = new DisposableStack();
  const restore = onceOnly((before: string) => {
    tryTo(() => keyboard.setRaw(false));
    tryTo(() => writeSync(before + end));
  });
  // Restores the terminal before Deno prints the error, so that the error can be read.
  const crashed = () => restore("\r\n");
  for (const type of ["unload", "error", "unhandledrejection"]) {
    globalThis.addEventListener(type, crashed);
    stack.defer(() => globalThis.removeEventListener(type, crashed));
  }
  stack.defer(() => restore(""));
  keyboard.setRaw(true);
  writeSync(begin);
  return stack.move();
}

/** True for signals that a terminal sends to all its processes when a key is pressed. */
function isKeySignal(signal: Deno.Signal): boolean {
  return signal === "SIGINT" || signal === "SIGQUIT" || signal === "SIGBREAK";
}

function watchSize(stack: DisposableStack, resized: () => void): void {
  if (Deno.build.os === "windows") stack.use(pollSize(sizeText, resized));
  else listen(stack, "SIGWINCH", resized);
}

/** Polls the size, in any textual form, and calls `resized` when it changes, until it is disposed of. */
export function pollSize(size: () => string, resized: () => void): Disposable {
  let last = size();
  const timer = setInterval(() => {
    const now = size();
    if (now === last) return;
    last = now;
    resized();
  }, SIZE_POLL_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function sizeText(): string {
  try {
    return JSON.stringify(Deno.consoleSize());
  } catch {
    return "";
  }
}

function listen(stack: DisposableStack, signal: Deno.Signal, listener: () => void): void {
  tryTo(() => {
    Deno.addSignalListener(signal, listener);
    stack.defer(() => Deno.removeSignalListener(signal, listener));
  });
}

function writeSync(text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
}

function onceOnly<T>(action: (value: T) => void): (value: T) => void {
  let done = false;
  return (value) => {
    if (done) return;
    done = true;
    action(value);
  };
}

/** Ignores errors of an action that a closing terminal or another system may refuse and that nothing depends on. */
function tryTo(action: () => void): void {
  try {
    action();
  } catch {
    // Nothing depends on it.
  }
}
