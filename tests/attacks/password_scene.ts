/** A server with passwords, for tests of guessers and of members. */

import { assertEquals } from "@std/assert";
import { serve } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { type Told, Wire } from "./wire.ts";

export const PASSWORD = "right horse battery";
export const ADMIN_PASSWORD = "crane and gantry";
export const ACCOUNT_PASSWORD = "ada's own password";

/** A server with both passwords. `inside` is its loopback address, the one that clients behind a local proxy have. */
export async function open(...options: readonly string[]) {
  const folder = newFolder();
  await Deno.writeTextFile(`${folder}/password`, PASSWORD);
  await Deno.writeTextFile(`${folder}/admin`, ADMIN_PASSWORD);
  const passwords = ["--password-file", `${folder}/password`, "--admin-password-file", `${folder}/admin`];
  const server = await serve("--memory", ...passwords, ...options);
  return { server, inside: `127.0.0.1:${server.port}`, outside: server.address };
}

/** Returns the reply to a command, on this connection or on a new one to this address. */
export async function ask(to: string | Wire, command: object): Promise<Told> {
  using own = typeof to === "string" ? await Wire.dial(to) : undefined;
  const wire = own ?? to as Wire;
  await wire.send({ ...command, ref: "asked" });
  return await wire.until(({ ref }) => ref === "asked");
}

export async function outcome(to: string | Wire, command: object): Promise<string> {
  const { type, code } = await ask(to, command);
  return String(code ?? type);
}

/** Returns the event without its retry time, which varies. */
export function untimed({ retryAfter: _, ...event }: Told): Told {
  return { ...event, message: String(event.message).replace(/\d+ s$/, "") };
}

/** Registers a new member, leaves, and returns the token. */
export async function register(address: string, name: string): Promise<unknown> {
  using wire = await Wire.dial(address);
  const { you } = await ask(wire, { type: "join", name, password: PASSWORD });
  assertEquals(await outcome(wire, { type: "register", password: ACCOUNT_PASSWORD }), "registered");
  await wire.send({ type: "leave" });
  await wire.drain();
  return (you as { token: string }).token;
}
