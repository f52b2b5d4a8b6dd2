import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeCertificate } from "../../src/cli/hosting/certificate.ts";
import { assertOneLine, confab, HAS_NC, runConfab, serve, serveAgain, type Served, WINDOWS } from "../helpers/e2e.ts";
import { filesBelow, newFolder } from "../helpers/e2e_home.ts";
import { isInstalled, Program, run } from "../helpers/process.ts";

const HAS_OPENSSL = !WINDOWS && isInstalled("openssl", ["version"], /^OpenSSL/);

async function fingerprintOf(server: Served): Promise<string> {
  return (await server.program.stdout.next("Certificate ")).slice("Certificate ".length);
}

/** Sends one line to the lobby, from a given or a new home. */
function say(server: Served, home: string, ...options: string[]) {
  return runConfab(["connect", server.address, "--name", "ada", ...options], { input: "hello\n", home });
}

Deno.test("serve --tls creates a certificate once and prints how to join, and connect --tls trusts it from the first time on", async () => {
  const home = newFolder();
  await using server = await serve("--tls");
  assertStringIncludes(await server.program.stdout.next("Join with:"), `connect ${server.address} --tls`);
  const fingerprint = await fingerprintOf(server);
  assertMatch(fingerprint, /^SHA256:[\w-]{43}$/);
  const first = await say(server, home, "--tls");
  assertEquals(first.code, 0, first.stderr);
  assertOneLine(first.stderr);
  assertStringIncludes(first.stderr, fingerprint);
  assertStringIncludes(first.stdout, "hello");
  assertEquals((await say(server, home, "--tls")).stderr, "");
  await server.stop();
  await using again = await serveAgain(server, "--tls");
  assertEquals(await fingerprintOf(again), fingerprint);
  const third = await say(again, home, "--tls");
  assertEquals([third.code, third.stderr], [0, ""]);
  await again.stop();
});

Deno.test({
  name: "only the user may read the key",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve("--tls");
    assertEquals(filesBelow(server.folder).filter((file) => file.endsWith(".pem")), ["cert.pem", "key.pem"]);
    assertEquals((await Deno.stat(`${server.folder}/key.pem`)).mode! & 0o777, 0o600);
    await server.stop();
  },
});

Deno.test("a server with a changed certificate is refused with both fingerprints, by connect, send and a reconnecting pipe", async () => {
  const home = newFolder();
  await using server = await serve("--tls");
  const before = await fingerprintOf(server);
  await using pipe = confab(["connect", server.address, "--tls", "--name", "eve"], { home });
  await pipe.type("here\n");
  await pipe.stdout.next("here");
  await server.stop();
  await Deno.remove(`${server.folder}/cert.pem`);
  await using swapped = await serveAgain(server, "--tls");
  const after = await fingerprintOf(swapped);
  assert(before !== after);
  const exits = [
    await say(swapped, home, "--tls"),
    await runConfab(["send", server.address, "hello", "--tls"], { home }),
    await pipe.exit(),
  ];
  for (const { code, stderr } of exits) {
    assertEquals(code, 8, stderr);
    for (const part of [before, after, "known_servers"]) assertStringIncludes(stderr, part);
  }
  const kept = filesBelow(home).find((file) => file.endsWith("known_servers"))!;
  await Deno.remove(`${home}/${kept}`);
  assertEquals((await say(swapped, home, "--tls")).code, 0);
  await swapped.stop();
});

Deno.test("after a first TLS connection, nothing is sent to a plain server at the same address", async () => {
  const home = newFolder();
  await using server = await serve("--tls");
  assertEquals((await say(server, home, "--tls")).code, 0);
  const known = await say(server, home);
  assertEquals([known.code, known.stderr], [0, ""]);
  await server.stop();
  await using plain = await serve("--port", String(server.port));
  const exits = [
    await say(plain, home),
    await say(plain, home, "--tls"),
    await runConfab(["send", plain.address, "hello"], { home }),
  ];
  for (const { code, stderr } of exits) {
    assertEquals(code, 8, stderr);
    for (const part of ["does not use TLS, but did since", "nothing was sent", "known_servers"]) {
      assertStringIncludes(stderr, part);
    }
  }
  assertEquals((await say(plain, newFolder())).code, 0);
  await plain.stop();
});

Deno.test("plain connections to a TLS port, and TLS to a plain port, get an error with advice", async () => {
  await using secret = await serve("--tls");
  const plain = await say(secret, newFolder());
  assertEquals(plain.code, 4);
  assertStringIncludes(plain.stderr, "This server speaks TLS: connect with --tls");
  await secret.stop();
  await using open = await serve();
  const tls = await say(open, newFolder(), "--tls");
  assertEquals(tls.code, 4);
  assertOneLine(tls.stderr.split("\n")[0]!);
  assertStringIncludes(tls.stderr, "the server does not use TLS: connect without --tls");
  await open.stop();
});

Deno.test({
  name: "a user on nc at a TLS port is disconnected after the first line (needs nc)",
  ignore: !HAS_NC,
  async fn() {
    await using server = await serve("--tls");
    const exit = await run("nc", { args: [server.host, String(server.port)], input: "hello\n" });
    assertEquals(exit.stdout.charCodeAt(0), 0x15);
    await server.stop();
  },
});

Deno.test({
  name: "a user on openssl s_client chats like one on nc (needs openssl)",
  ignore: !HAS_OPENSSL,
  async fn() {
    await using server = await serve("--tls", "--title", "Workshop");
    for (const version of ["-tls1_3", "-tls1_2"]) {
      const args = ["s_client", "-quiet", version, "-connect", server.address];
      await using ada = new Program("openssl", { args });
      assertMatch(await ada.stdout.next("*"), /^\* Welcome to Workshop\./);
      await ada.type(`ada\n`);
      await ada.stdout.next("You are ada");
      await ada.type("/who\n/quit\n");
      assertEquals(await ada.stdout.next("in #lobby:"), "* 1 in #lobby: @ada (@ moderates)");
      await ada.endInput();
      await ada.exit();
    }
    const old = await run("openssl", { args: ["s_client", "-tls1_1", "-connect", server.address], input: "" });
    assert(old.code !== 0);
    await server.stop();
  },
});

Deno.test("--memory has a certificate for one run, and says so", async () => {
  await using server = await serve("--tls", "--memory");
  await fingerprintOf(server);
  assertStringIncludes(await server.program.stdout.next("this run"), "--memory");
  assertEquals((await say(server, newFolder(), "--tls")).code, 0);
  assertEquals(filesBelow(server.folder), []);
  await server.stop();
});

Deno.test("--cert and --key use an existing certificate", async () => {
  const folder = newFolder();
  const { cert, key } = await makeCertificate([], new Date());
  await Deno.writeTextFile(`${folder}/c.pem`, cert);
  await Deno.writeTextFile(`${folder}/k.pem`, key);
  await using server = await serve("--cert", `${folder}/c.pem`, "--key", `${folder}/k.pem`);
  const fingerprint = await fingerprintOf(server);
  assertStringIncludes((await say(server, newFolder(), "--tls")).stderr, fingerprint);
  assertEquals(filesBelow(server.folder).filter((file) => file.endsWith(".pem")), []);
  await server.stop();
});

Deno.test("an unusable certificate ends serve with one line that says what to do", async () => {
  const folder = newFolder();
  const now = Date.now();
  const file = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    return `${folder}/${name}`;
  };
  const [good, other] = [await makeCertificate([], new Date()), await makeCertificate([], new Date())];
  const ten = 3_650 * 24 * 60 * 60 * 1_000;
  const ended = await makeCertificate([], new Date(now - ten - 1_000));
  const cert = await file("cert", good.cert);
  const key = await file("key", good.key);
  const cases: [readonly string[], number, RegExp][] = [
    [["--cert", cert], 2, /--cert and --key must be used together/],
    [["--cert", cert, "--key", await file("other", other.key)], 2, /do not match/],
    [
      ["--cert", await file("junk", "junk"), "--key", key],
      2,
      /There is no certificate in --cert .*junk: choose the file/,
    ],
    [["--cert", `${folder}/none`, "--key", key], 2, /does not exist.*choose a readable PEM file/],
    [["--cert", await file("old", ended.cert), "--key", await file("old.key", ended.key)], 2, /expired on/],
  ];
  for (const [options, code, says] of cases) {
    const exit = await runConfab(["serve", "--port", "0", "--memory", ...options]);
    assertEquals(exit.code, code, exit.stderr);
    assertOneLine(exit.stderr);
    assertMatch(exit.stderr, says);
  }
  const soon = await makeCertificate([], new Date(now - ten + 29 * 24 * 60 * 60 * 1_000));
  for (
    const [pair, says] of [[soon, /expires on .* remove/], [{ cert: "x", key: "y" }, /Cannot read .* remove/]] as const
  ) {
    const data = newFolder();
    await Deno.writeTextFile(`${data}/cert.pem`, pair.cert);
    await Deno.writeTextFile(`${data}/key.pem`, pair.key);
    const exit = await runConfab(["serve", "--port", "0", "--tls", "--data", data]);
    assertEquals(exit.code, 7, exit.stderr);
    assertOneLine(exit.stderr);
    assertMatch(exit.stderr, says);
  }
});
