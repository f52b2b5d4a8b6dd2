/** Simultaneous logins with right passwords to the real program, with guessers among them. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  DEFAULT_CONNECTIONS_PER_ADDRESS,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_WRONG_PASSWORDS,
} from "../../src/protocol/limits.ts";
import { ACCOUNT_PASSWORD, ask, open, outcome, register } from "./password_scene.ts";
import { type Told, Wire } from "./wire.ts";

const LOGINS = 5;
const GUESSES = 50;

function logIn(wire: Wire, name: string): Promise<Told> {
  return ask(wire, { type: "auth", name, password: ACCOUNT_PASSWORD });
}

async function dial(count: number, address: string): Promise<Wire[]> {
  return await Promise.all(Array.from({ length: count }, () => Wire.dial(address)));
}

/** Logs all in at once. Refused ones try again after the others are in. Returns the refusals. */
async function logAllIn(wires: readonly Wire[], name: string): Promise<Told[]> {
  const refusals: Told[] = [];
  for (let left = wires; left.length > 0;) {
    const answers = await Promise.all(left.map((wire) => logIn(wire, name)));
    const wasRefused = ({ type }: Told) => type !== "authenticated";
    refusals.push(...answers.filter(wasRefused));
    assert(!answers.every(wasRefused), JSON.stringify(answers));
    left = left.filter((_, index) => wasRefused(answers[index]!));
  }
  return refusals;
}

Deno.test("simultaneous right passwords from one address all succeed, and only three simultaneous guesses are compared", async () => {
  const { server, inside, outside } = await open("--host", "0.0.0.0");
  await using _ = server;
  // This machine has no network.
  if (outside.startsWith("127.")) return;
  await register(inside, "ada");
  const wires = await dial(DEFAULT_CONNECTIONS_PER_ADDRESS, outside);
  const refusals = await logAllIn(wires.slice(0, LOGINS), "ada");
  assert(refusals.length <= LOGINS - MAX_WRONG_PASSWORDS);
  for (const { code, message, retryAfter } of refusals) {
    assertEquals([code, retryAfter], ["rate_limited", 1]);
    assertMatch(String(message), /is being checked: try again in 1 second$/);
  }
  const codes = (await Promise.all(wires.map((wire, nth) => guess(wire, nth)))).flat();
  const compared = codes.filter((code) => code === "wrong_password");
  assertEquals([codes.length, compared.length], [GUESSES, MAX_WRONG_PASSWORDS]);
  for (const wire of wires) wire.close();
  await server.stop();
  const { stderr } = await server.program.exit();
  assertEquals(stderr.match(/answer=wrong_password/g)?.length, MAX_WRONG_PASSWORDS);
  const first = stderr.split("\n").find((line) => line.includes("wrong password"));
  assertMatch(first!, /kind=account answer=wrong_password$/);
});

/** Pipelines the guesses of one connection and returns the codes of the replies. */
async function guess(wire: Wire, nth: number): Promise<string[]> {
  const step = DEFAULT_CONNECTIONS_PER_ADDRESS;
  const numbers = Array.from({ length: Math.ceil((GUESSES - nth) / step) }, (_, index) => nth + index * step);
  await wire.send(
    ...numbers.map((number) => ({ type: "auth", name: "ada", password: `wrong ${number}`, ref: "guess" })),
  );
  const codes: string[] = [];
  // The connection with the last wrong password closes, and its later lines get no reply.
  const read = wire.until(({ ref, code }) => ref === "guess" && codes.push(String(code)) === numbers.length);
  await read.catch(() => {});
  return [...codes, ...Array(numbers.length - codes.length).fill("closed")];
}

Deno.test("a member who logs in endlessly behind a proxy does not keep others from logging in", async () => {
  const { server, inside } = await open();
  await using _ = server;
  await Promise.all(["mallory", "ada"].map((name) => register(inside, name)));
  const wires = await dial(MAX_LOCAL_WRONG_PASSWORDS + LOGINS, inside);
  const refused = Promise.withResolvers<void>();
  let refusals = 0;
  let isOver = false;
  const told: Told[] = [];
  const flood = wires.map(async (wire) => {
    for (let round = 0; round < 40 && !isOver; round++) {
      const answer = await logIn(wire, "mallory");
      told.push(answer);
      if (answer.type === "error" && ++refusals === LOGINS) refused.resolve();
    }
  });
  await refused.promise;
  assertEquals(await outcome(inside, { type: "auth", name: "ada", password: ACCOUNT_PASSWORD }), "authenticated");
  isOver = true;
  await Promise.all(flood);
  assertEquals(told.filter(({ message }) => /wrong/i.test(String(message))), []);
  for (const wire of wires) wire.close();
  await server.stop();
  assertEquals((await server.program.exit()).stderr.includes("wrong password"), false);
});

Deno.test("a guesser who disconnects before the comparison is logged", async () => {
  const { server, inside } = await open();
  await using _ = server;
  using wire = await Wire.dial(inside);
  await wire.send({ type: "join", name: "eve", password: "sesame" });
  wire.close();
  const line = await server.program.stderr.next("wrong password");
  assertMatch(line, /peer=127\.0\.0\.1(:\d+)? kind=server answer=wrong_password$/);
  await server.stop();
});
