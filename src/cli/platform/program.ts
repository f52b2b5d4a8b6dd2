/** The running program: its version, its environment, and errors that nothing caught. */

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
