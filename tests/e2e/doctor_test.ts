import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { runConfab, serve, type Served } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";

/** The verdicts by the names of the checks. */
function verdictsIn(stdout: string): Record<string, string> {
  const findings = stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  return Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));
}

/** A free port of this machine with a program that answers each connection with these bytes. */
function otherProgram(answer: string): Disposable & { readonly address: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const opened: Deno.Conn[] = [];
  void (async () => {
    for await (const conn of listener) {
      opened.push(conn);
      await conn.write(new TextEncoder().encode(answer)).catch(() => {});
    }
  })();
  return {
    address: `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    [Symbol.dispose]() {
      listener.close();
      for (const conn of opened) conn.close();
    },
  };
}

async function fingerprintOf(server: Served): Promise<string> {
  return (await server.program.stdout.next("Certificate ")).slice("Certificate ".length);
}

Deno.test("doctor says that a plain server on this machine is well, and names its version and round trip", async () => {
  await using server = await serve("--memory");
  const { code, stdout, stderr } = await runConfab(["doctor", server.address]);
  assertEquals([code, stderr], [EXIT.fine, ""], stdout);
  assertMatch(stdout, /^ok +Greeting +"Confab" runs Confab \d/m);
  assertMatch(stdout, /^ok +Round trip +[\d.]+ ms/m);
  assertMatch(stdout, /^ok +Encryption +The server does not use TLS/m);
  await server.stop();
});

Deno.test("doctor shows the certificate of a TLS server, remembers nothing, and tells a changed one by the exit code", async () => {
  const home = newFolder();
  await using server = await serve("--tls");
  const fingerprint = await fingerprintOf(server);
  const first = await runConfab(["doctor", server.address], { home });
  assertEquals(first.code, EXIT.fine, first.stdout);
  assertStringIncludes(first.stdout, `${fingerprint}, not known yet`);
  assertEquals([...Deno.readDirSync(home)], []);
  await runConfab(["connect", server.address, "--tls"], { home, input: "hello\n" });
  const known = await runConfab(["doctor", server.address], { home });
  assertStringIncludes(known.stdout, `${fingerprint}, the same since `);
  await server.stop();
  await using other = await serve("--tls", "--port", String(server.port));
  const changed = await runConfab(["doctor", other.address], { home });
  assertEquals(changed.code, EXIT.untrusted, changed.stdout);
  assertMatch(changed.stdout, /^FAILED +Encryption +The certificate is .*, and was .*\n +To do: Ask the operator/m);
  await other.stop();
});

Deno.test("doctor tells a port where nothing listens from one of another program", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr as Deno.NetAddr;
  free.close();
  const refused = await runConfab(["doctor", `127.0.0.1:${port}`]);
  assertEquals(refused.code, EXIT.cannotConnect, refused.stdout);
  assertMatch(refused.stdout, /^FAILED +Connection +/m);
  using program = otherProgram("SSH-2.0-Other\x1b[2J\r\n");
  const { code, stdout } = await runConfab(["doctor", program.address]);
  assertEquals(code, EXIT.cannotConnect, stdout);
  assertMatch(stdout, /^FAILED +Greeting +Another program answers: "SSH-2\.0-Other/m);
  assert(!stdout.includes("\x1b"), stdout);
});

Deno.test("doctor finds nothing wrong with the machine of the tests, and sees a running server on its port", async () => {
  await using server = await serve();
  const options = ["--port", String(server.port), "--data", server.folder, "--json"];
  const { code, stdout, stderr } = await runConfab(["doctor", ...options]);
  assertEquals([code, stderr], [EXIT.fine, ""], stdout);
  const verdicts = verdictsIn(stdout);
  for (const check of ["Port", "History", "Certificate", "Clock", "Versions"]) {
    assertEquals([check, verdicts[check]], [check, "ok"], stdout);
  }
  using program = otherProgram("220 mail.example.org\r\n");
  const taken = await runConfab(["doctor", "--port", program.address.split(":")[1]!, "--data", newFolder(), "--json"]);
  assertEquals([taken.code, verdictsIn(taken.stdout)["Port"]], [EXIT.cannotListen, "failed"], taken.stdout);
  await server.stop();
});
