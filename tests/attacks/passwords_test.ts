/** Password guessers against the real program: through a proxy on its machine, and from their own address. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_WRONG_PASSWORDS,
  PINGS_BURST,
  PINGS_PER_SECOND,
} from "../../src/protocol/limits.ts";
import {
  ACCOUNT_PASSWORD,
  ADMIN_PASSWORD,
  ask,
  open,
  openBy,
  outcome,
  PASSWORD,
  register,
  untimed,
} from "./password_scene.ts";
import { serve } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { type Told, Wire } from "./wire.ts";

const GUESSES = 60;

Deno.test("guesses through a proxy on the server's machine are limited and logged, and do not lock out a known device", async () => {
  const { server, inside } = await open();
  await using _ = server;
  const token = await register(inside, "ada");
  const answers: Promise<string>[] = [];
  for (let guess = 0; guess < GUESSES; guess++) {
    answers.push(outcome(inside, { type: "auth", password: `sesame ${guess}` }));
  }
  const wrong = (await Promise.all(answers)).filter((answer) => answer === "wrong_password").length;
  assertEquals(wrong, MAX_LOCAL_WRONG_PASSWORDS);
  const late = [
    { type: "auth", password: ADMIN_PASSWORD },
    { type: "auth", name: "ada", password: ACCOUNT_PASSWORD },
    { type: "join", name: "ada", password: PASSWORD },
    { type: "join", name: "eve", password: PASSWORD },
    { type: "join", name: "eve", password: "sesame" },
  ];
  const told = (await Promise.all(late.map((command) => ask(inside, command)))).map(untimed);
  assertEquals(new Set(told.map(({ code }) => code)), new Set(["rate_limited"]));
  for (const each of told) assertEquals(each, told[0]);
  assertEquals(await outcome(inside, { type: "join", token, password: PASSWORD }), "joined");
  const log: string[] = [];
  while (log.length < GUESSES + late.length) log.push(await server.program.stderr.next("wrong password"));
  await server.stop();
  for (const line of log) assertMatch(line, /wrong password peer=127\.0\.0\.1:\d+ kind=(admin|account|server) answer=/);
  assertEquals(log.filter((line) => line.endsWith("answer=wrong_password")).length, MAX_LOCAL_WRONG_PASSWORDS);
  assertEquals(log.filter((line) => /sesame|right horse|crane|own password/.test(line)), []);
});

Deno.test("the server's password cannot be tried under a known name, and a stranger's guesses do not lock its owner out", async () => {
  const { server, inside, outside } = await open("--host", "0.0.0.0");
  await using _ = server;
  // This machine has no network.
  if (outside.startsWith("127.")) return;
  await register(inside, "ada");
  const guess = { type: "auth", name: "ada", password: "sesame" };
  const first = await Promise.all(Array.from({ length: MAX_WRONG_PASSWORDS }, () => outcome(outside, guess)));
  assertEquals(new Set(first), new Set(["wrong_password"]));
  const answers = [];
  for (const password of ["a", PASSWORD, "b", ACCOUNT_PASSWORD, "c"]) {
    answers.push(untimed(await ask(outside, { type: "join", name: "ada", password })));
  }
  for (const each of answers) assertEquals(each, answers[0]);
  assertEquals(answers[0]!.code, "rate_limited");
  assertEquals(await outcome(inside, { ...guess, password: ACCOUNT_PASSWORD }), "authenticated");
  await server.stop();
});

Deno.test("a server with a password gives outsiders the same answer after a similar time for registered and other names", async () => {
  const { server, inside } = await openBy({});
  await using _ = server;
  await register(inside, "ada");
  const quickest = { ada: Infinity, nobody: Infinity };
  const answers: Told[] = [];
  for (let round = 0; round < 3; round++) {
    for (const name of ["ada", "nobody"] as const) {
      const start = performance.now();
      answers.push(await ask(inside, { type: "join", name, password: "sesame" }));
      quickest[name] = Math.min(quickest[name], performance.now() - start);
    }
  }
  for (const answer of answers) assertEquals(answer, answers[0]);
  assertEquals(answers[0]!.code, "wrong_password");
  const [quick, slow] = Object.values(quickest).sort((a, b) => a - b) as [number, number];
  assert(quick > slow / 10, `One name took ${quick.toFixed(1)} ms, the other one ${slow.toFixed(1)} ms`);
  await server.stop();
});

Deno.test("a ban by address that cannot work behind a proxy is refused with advice, and one by name works", async () => {
  const { server, inside } = await open();
  await using _ = server;
  using owner = await Wire.dial(inside);
  assertEquals(await outcome(owner, { type: "auth", password: ADMIN_PASSWORD }), "authenticated");
  using eve = await Wire.dial(inside);
  const { you } = await ask(eve, { type: "join", name: "eve", password: PASSWORD });
  using person = await Wire.dial(inside);
  await person.write(new TextEncoder().encode(`nick\n${PASSWORD}\n`));
  await eve.until(({ type, member }) => type === "join" && (member as { name: string }).name === "nick");
  for (const [name, also, next] of [["eve", "address", /ban the name alone/], ["nick", undefined, /kick or mute/]]) {
    const answer = await ask(owner, { type: "ban", name, also });
    assertEquals(answer.code, "forbidden");
    assertMatch(String(answer.message), next as RegExp);
  }
  assertEquals(await outcome(owner, { type: "ban", name: "eve" }), "restriction");
  assertEquals(await outcome(inside, { type: "join", token: (you as { token: string }).token }), "forbidden");
  await server.stop();
});

Deno.test("a flood of pings is answered at the permitted rate", async () => {
  const { server, inside } = await open();
  await using _ = server;
  using flooder = await Wire.dial(inside);
  const start = performance.now();
  await flooder.send(...Array.from({ length: 2_000 }, () => ({ type: "ping" })));
  let answered = 0;
  await flooder.until(({ type, code }) => {
    if (type === "pong") answered++;
    return code === "rate_limited" || answered === 2_000;
  });
  const seconds = (performance.now() - start) / 1_000;
  assert(answered >= PINGS_BURST && answered <= PINGS_BURST + 1 + PINGS_PER_SECOND * seconds, `${answered} answers`);
  await server.stop();
});

Deno.test("a line typed on nc during a password check is not taken for a name", async () => {
  const folder = newFolder();
  await Deno.writeTextFile(`${folder}/password`, "right horse battery");
  await using server = await serve("--memory", "--password-file", `${folder}/password`);
  using wire = new Wire(await Deno.connect({ hostname: server.host, port: server.port }));
  const answer = wire.text();
  await wire.write(new TextEncoder().encode("zed\nwrong horse\nright horse battery\n/quit\n"));
  const text = await answer;
  assertMatch(text, /^\* You are zed in #lobby/m);
  assertEquals(text.includes("You are right"), false, text);
  await server.stop();
});

Deno.test("after a registered name, /login with only a password logs in to that name", async () => {
  await using server = await serve("--memory");
  {
    using ada = await Wire.dial(server.address);
    await ada.send({ type: "join", name: "ada" }, { type: "register", password: "right horse battery" });
    await ada.until(({ type }) => type === "registered");
  }
  using wire = new Wire(await Deno.connect({ hostname: server.host, port: server.port }));
  const answer = wire.text();
  await wire.write(new TextEncoder().encode("ada\n/login wrong-horse-battery\n/quit\n"));
  assertMatch(await answer, /Wrong name or password/);
  await server.stop();
});
