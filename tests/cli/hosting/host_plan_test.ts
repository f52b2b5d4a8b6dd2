import { assertEquals, assertThrows } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { SERVE } from "../../../src/cli/commands/serve.ts";
import { type HostContext, type HostPlan, planHost } from "../../../src/cli/hosting/host_plan.ts";

const CONTEXT: HostContext = {
  givenPassword: (args) => args.text("password"),
  givenAdminPassword: () => undefined,
  dataFolder: (args) => args.text("data") ?? "/data",
  hasOnlyV6: () => false,
};

function plan(...args: string[]): HostPlan {
  return planHost(readArguments(args, SERVE, () => undefined), CONTEXT);
}

Deno.test("host plan: without options the chat is for this machine, unencrypted and stored", () => {
  const { listen, certificate, folder, share, announce, metrics, title, sync, retention } = plan();
  assertEquals(listen, { tcp: { host: "127.0.0.1", port: 5050 }, path: undefined });
  assertEquals([certificate, folder, share, announce, metrics], [{ kind: "none" }, "/data", false, false, undefined]);
  assertEquals([title, sync, retention], ["Confab", "normal", {
    maxAgeMs: undefined,
    maxMessages: undefined,
    maxFileAgeMs: undefined,
  }]);
});

Deno.test("host plan: --share listens on all interfaces with TLS and announces the chat", () => {
  const { listen, certificate, share, announce } = plan("--share");
  assertEquals([listen.tcp?.host, certificate.kind, share, announce], ["0.0.0.0", "own", true, true]);
  assertEquals(plan("--share", "--host", "127.0.0.1").listen.tcp?.host, "127.0.0.1");
  assertEquals(plan("--share", "--no-announce").announce, false);
  assertEquals(plan("--no-announce").announce, false);
});

Deno.test("host plan: each option has its place", () => {
  const { listen, folder, log, metrics, origins, password, quiet } = plan(
    ...["--host", "::1", "--port", "0", "--unix", "/tmp/x", "--memory", "--quiet", "--metrics", "9000"],
    ...["--origin", "chat.example.org", "--password", "secret", "--log-file", "/tmp/log"],
  );
  assertEquals(listen, { tcp: { host: "::1", port: 0 }, path: "/tmp/x" });
  assertEquals([folder, log.path, log.level], [undefined, "/tmp/log", "error"]);
  assertEquals(metrics, { host: "127.0.0.1", port: 9000 });
  assertEquals([origins, password, quiet], [["chat.example.org"], "secret", true]);
  assertEquals(plan("--no-tcp", "--unix", "/tmp/x").listen, { path: "/tmp/x" });
  assertEquals(plan("--cert", "a", "--key", "b").certificate, { kind: "files", cert: "a", key: "b" });
  assertEquals(plan("--tls").certificate, { kind: "own" });
});

Deno.test("host plan: --proxy takes addresses, networks and the Unix socket", () => {
  const { proxies: { isProxy, unix } } = plan("--proxy", "10.0.0.0/8", "--proxy", "2001:db8::1");
  const trusted = ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8:0::1", "11.0.0.1", "2001:db8::2", "127.0.0.1"].map(isProxy);
  assertEquals([trusted, unix], [[true, true, true, false, false, false], false]);
  assertEquals(plan("--proxy", "unix", "--unix", "/tmp/x").proxies.unix, true);
  assertEquals(plan().proxies.isProxy("127.0.0.1"), false);
});

Deno.test("host plan: contradicting or invalid options are usage failures", () => {
  const mistakes: readonly (readonly [args: readonly string[], message: string])[] = [
    [["--no-tcp"], "add --unix PATH"],
    [["--no-tcp", "--share", "--unix", "/tmp/x"], "cannot be combined"],
    [["--cert", "a"], "must be used together"],
    [["--key", "a"], "must be used together"],
    [["--title", "x".repeat(201)], "at most 200 characters"],
    [["--host", "a b", "--tls"], "expected an IP address or a host name"],
    [["--host", "127.0.0.1:5050"], "without a port"],
    [["--sync", "never"], "expected normal or full"],
    [["--metrics", "x y"], "Invalid address"],
    [["--proxy", "unix"], "add --unix PATH"],
    [["--proxy", "localhost"], "expected an IP address, a network such as 10.0.0.0/8, or unix"],
    [["--proxy", "10.0.0.0/33"], "expected an IP address"],
    [["--proxy", "0.0.0.0/0"], "everyone could name any address"],
    [["--proxy", "::/0"], "everyone could name any address"],
  ];
  for (const [args, message] of mistakes) {
    assertEquals(assertThrows(() => plan(...args), Failure, message).code, EXIT.usage);
  }
});
