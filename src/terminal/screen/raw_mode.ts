/** Raw mode on, and off again on every way out of the program. */

import type { TakenTerminal, TerminalEvents } from "./terminal_port.ts";

/** DEC private modes: bracketed paste, and word of whether the window is in front. XTWINOPS: the title is put aside. */
const BEGIN = "\x1b[?2004h\x1b[?1004h\x1b[22;2t";
/** The wrap that a cut-off paint may have left off as well, colours, and a visible cursor. */
const END = "\x1b[?2004l\x1b[?1004l\x1b[23;2t\x1b[?7h\x1b[0m\x1b[?25h";

/** Windows has no signal for a new size. */
const SIZE_POLL_MS = 250;

const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** Takes the terminal until it is disposed of, or the program ends by an exit, an exception or a rejection. */
export function takeRawMode(events: TerminalEvents): TakenTerminal {
  return takeInput(events, BEGIN, END);
}

/** Shows nothing of what is typed until it is disposed of, and writes nothing to the terminal itself. */
export function hideInput(stopped: TerminalEvents["stopped"]): Disposable {
  return takeInput({ resized: () => {}, stopped }, "", "");
}

function takeInput(events: TerminalEvents, begin: string, end: string): TakenTerminal {
  const stack = new DisposableStack();
  let lent = false;
  const restore = onceOnly((before: string) => {
    tryTo(() => Deno.stdin.setRaw(false));
    tryTo(() => writeSync(before + end));
  });
  // These do not stop the program from telling its error: they only see to it that it can be read.
  const crashed = () => restore("\r\n");
  for (const type of ["unload", "error", "unhandledrejection"]) {
    globalThis.addEventListener(type, crashed);
    stack.defer(() => globalThis.removeEventListener(type, crashed));
  }
  stack.defer(() => restore(""));
  const stopped = (signal: Deno.Signal) => {
    if (!lent || !isKey(signal)) events.stopped(signal);
  };
  for (const signal of STOP_SIGNALS) listen(stack, signal, () => stopped(signal));
  watchSize(stack, events.resized);
  Deno.stdin.setRaw(true);
  writeSync(begin);
  const lend = () => {
    lent = true;
    Deno.stdin.setRaw(false);
    writeSync(end);
    return {
      [Symbol.dispose]: () => {
        lent = false;
        // On a terminal that is gone, the next read finds out.
        tryTo(() => Deno.stdin.setRaw(true));
        tryTo(() => writeSync(`\r${begin}`));
      },
    };
  };
  return { lend, [Symbol.dispose]: () => stack.dispose() };
}

/** Signals that a terminal sends on a key to all that run in it. */
function isKey(signal: Deno.Signal): boolean {
  return signal === "SIGINT" || signal === "SIGQUIT" || signal === "SIGBREAK";
}

function watchSize(stack: DisposableStack, resized: () => void): void {
  if (Deno.build.os === "windows") stack.use(pollSize(sizeText, resized));
  else listen(stack, "SIGWINCH", resized);
}

/** Looks at the size, in whatever form it is given, until it is disposed of. */
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

/** For what a dying terminal, or a system that lacks it, may refuse, and nothing depends on. */
function tryTo(action: () => void): void {
  try {
    action();
  } catch {
    // Left as it is.
  }
}
