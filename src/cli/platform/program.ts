/**
 * The running program: its version, its environment, the signals that end it, and errors that
 * nothing caught.
 */

import config from "../../../deno.json" with { type: "json" };

export const VERSION: string = config.version;

/**
 * The value of an environment variable; `undefined` also if Deno would have to ask for the
 * permission to read it.
 */
export function readVariable(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

/** The path of a program that is a part of Windows. */
export function windowsProgram(name: string, env: typeof readVariable = readVariable): string {
  return `${env("SystemRoot") || "C:\\Windows"}\\System32\\${name}`;
}

/**
 * Calls back with 1, 2, … at each signal that asks the program to end. On Windows, SIGHUP means that the user closes the
 * window: what the callback starts at once is done, and then the system ends the program.
 */
export function onSignals(callback: (count: number) => void, signals = ENDING): void {
  let count = 0;
  for (const signal of signals) Deno.addSignalListener(signal, () => callback(++count));
}

const ENDING: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK", "SIGHUP"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * As `onSignals`, but for a program that may be a service: without a window, SIGHUP asks it to `reload`. It has a window if
 * its output or its errors go to a terminal. `nohup` redirects both, so that the program survives the end of its window:
 * Deno cannot tell whether a signal was ignored at the start.
 */
export function onServiceSignals(callback: (count: number) => void, reload: () => void): void {
  const hasWindow = Deno.build.os === "windows" || Deno.stdout.isTerminal() || Deno.stderr.isTerminal();
  if (hasWindow) return onSignals(callback);
  onSignals(callback, ENDING.filter((signal) => signal !== "SIGHUP"));
  Deno.addSignalListener("SIGHUP", reload);
}

/**
 * Calls back with each error that nothing caught. The program keeps running: the callback ends it
 * in good order.
 */
export function onUncaught(callback: (error: unknown) => void): void {
  addEventListener("error", (event) => {
    event.preventDefault();
    callback(event.error);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    callback(event.reason);
  });
}
