/** A server with passwords, for tests of guessers and of members. */

import { assertEquals } from "@std/assert";
import { type OtherProgram, serveBy } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { type Told, Wire } from "./wire.ts";

export const PASSWORD = "right horse battery";
export const ADMIN_PASSWORD = "crane and gantry";
export const ACCOUNT_PASSWORD = "ada's own password";

const HASHER = import.meta.resolve("../../src/server/turn/password_hasher.ts");

/** The real program with cheap hashes, for tests of what it answers: each real hash takes a core for a quarter of a second. */
export const QUICK_HASHES: OtherProgram = {
  modules: { [HASHER]: import.meta.resolve("../helpers/quick_password_hasher.ts") },
};

/**
 * A server with both passwords and cheap hashes. `inside` is its loopback address, the one that clients behind a local proxy
 * have.
 */
export async function open(...options: readonly string[]) {
  return await openBy(QUICK_HASHES, ...options);
}

/** The same by this program. */
export async function openBy(program: OtherProgram, ...options: readonly string[]) {
  const folder = newFolder();
  await Deno.writeTextFile(`${folder}/password`, PASSWORD);
  await Deno.writeTextFile(`${folder}/admin`, ADMIN_PASSWORD);
  const passwords = ["--password-file", `${folder}/password`, "--admin-password-file", `${folder}/admin`];
  const server = await serveBy(program, "--memory", ...passwords, ...options);
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
