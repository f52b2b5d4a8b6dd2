/** The signals that ask the program to end, or to reload. */

import { windowsProgram } from "./program.ts";

/** Calls back with 1, 2, … at each signal that asks the program to end, and when its window is closed. */
export function onSignals(callback: (count: number) => void): void {
  const count = onEndingSignals(callback);
  onHangup(count);
}

/** As `onSignals`, without the window. Returns what counts a further signal. */
function onEndingSignals(callback: (count: number) => void): () => void {
  let signals = 0;
  const count = () => callback(++signals);
  for (const signal of ENDING) Deno.addSignalListener(signal, count);
  return count;
}

const ENDING: readonly Deno.Signal[] = ["SIGINT", Deno.build.os === "windows" ? "SIGBREAK" : "SIGTERM"];

/**
 * As `onSignals`, but for a program that may be a service: without a window, SIGHUP asks it to `reload`. It has a window if
 * its output or its errors go to a terminal. `nohup` redirects both, so that the program survives the end of its window:
 * Deno cannot tell whether a signal was ignored at the start.
 */
export function onServiceSignals(callback: (count: number) => void, reload: () => void): void {
  const hasWindow = Deno.build.os === "windows" || Deno.stdout.isTerminal() || Deno.stderr.isTerminal();
  if (hasWindow) return onSignals(callback);
  onEndingSignals(callback);
  onHangup(reload);
}

/**
 * Calls back at SIGHUP, which the system sends when the window of the program is closed, until it is disposed of.
 *
 * Windows ends the program as soon as its handlers have returned, which leaves a few milliseconds. A program that may call
 * native code makes Windows wait until it has ended by itself, for at most 4.5 s.
 */
export function onHangup(listener: () => void): Disposable {
  windowListeners ??= startWorker();
  if (windowListeners === undefined) return onSignal("SIGHUP", listener);
  const own = () => listener();
  windowListeners.add(own);
  return { [Symbol.dispose]: () => void windowListeners?.delete(own) };
}

/** The listeners of the worker, once it has been started. */
let windowListeners: Set<() => void> | undefined;

/** Starts the worker that Windows waits for, where that is possible. It lives as long as the program. */
function startWorker(): Set<() => void> | undefined {
  if (Deno.build.os !== "windows" || Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  const listeners = new Set<() => void>();
  const url = new URL("hangup_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module", name: windowsProgram("kernel32.dll") });
  worker.onmessage = ({ data }) => {
    // The worker has what it needs, and shares the rights of the program.
    if (data === "ready") Deno.permissions.revokeSync({ name: "ffi" });
    else for (const listener of listeners) listener();
  };
  return listeners;
}

function onSignal(signal: Deno.Signal, listener: () => void): Disposable {
  Deno.addSignalListener(signal, listener);
  return { [Symbol.dispose]: () => Deno.removeSignalListener(signal, listener) };
}
