import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { SERVE } from "../../../src/cli/commands/serve.ts";
import { SERVICE_COMMAND } from "../../../src/cli/commands/service.ts";
import type { HostContext } from "../../../src/cli/hosting/host_plan.ts";
import { planService } from "../../../src/cli/service/service_plan.ts";
import { manageService, type ServiceMachine } from "../../../src/cli/service/systemd_service.ts";
import { type Scope, SYSTEMCTL, unitText } from "../../../src/cli/service/systemd_unit.ts";
import { sanitizeLine } from "../../../src/protocol/text/sanitize.ts";

const ignore = Deno.build.os === "windows";

const CONTEXT: HostContext = {
  givenPassword: () => undefined,
  givenAdminPassword: () => undefined,
  dataFolder: (args) => args.text("data") ?? "/home/ada/.local/share/confab",
  hasOnlyV6: () => false,
};

/** The values of each key of the unit. */
async function unitOf(options: readonly string[], scope: Scope = "system", executable = "/usr/local/bin/confab") {
  const text = unitText(await planService(options, SERVE, { scope, executable, cwd: "/srv/chat" }, CONTEXT));
  const entries = Array.from(text.matchAll(/^(\w+)=(.*)$/gm), ([, key, value]) => ({ key, value: value! }));
  return (key: string) => entries.filter((entry) => entry.key === key).map(({ value }) => value);
}

/** The words of a command line as systemd reads them (systemd.service(5), "Command lines"). */
function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g), ([, quoted, bare]) => {
    const text = bare ?? quoted!.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, char: string) => {
      return hex === undefined ? char : String.fromCharCode(parseInt(hex, 16));
    });
    assertEquals(text.replaceAll("%%", "").includes("%"), false, text);
    assertEquals(text.replaceAll("$$", "").includes("$"), false, text);
    return text.replaceAll("%%", "%").replaceAll("$$", "$");
  });
}

Deno.test({
  name: "a system unit has a user of its own, keeps its data, reloads, and starts again after a failure",
  ignore,
  fn: async () => {
    const unit = await unitOf(["--share", "--port=6000"]);
    const words = wordsOf(unit("ExecStart")[0]!);
    assertEquals(words.slice(0, 2), ["/usr/local/bin/confab", "serve"]);
    assertEquals(words.slice(2).sort(), ["--data=/var/lib/confab", "--port=6000", "--share"]);
    const expected = {
      Type: "exec",
      DynamicUser: "yes",
      StateDirectory: "confab",
      ExecReload: "/bin/kill -HUP $MAINPID",
      Restart: "on-failure",
      RestartPreventExitStatus: `${EXIT.usage} ${EXIT.outOfCluster}`,
      NoNewPrivileges: "yes",
      CapabilityBoundingSet: "",
      PrivateUsers: "yes",
      StandardOutput: "null",
      StandardError: "journal",
      WantedBy: "multi-user.target",
    };
    assertEquals(Object.fromEntries(Object.keys(expected).map((key) => [key, unit(key).join()])), expected);
  },
});

Deno.test({
  name: "a user's unit has the user's data folder and nothing that needs privileges",
  ignore,
  fn: async () => {
    const unit = await unitOf(["--log-file", "chat.log"], "user", "/home/ada/confab");
    const words = wordsOf(unit("ExecStart")[0]!);
    assertEquals(words.slice(2), ["--data=/home/ada/.local/share/confab", "--log-file=/srv/chat/chat.log"]);
    assertEquals(["DynamicUser", "PrivateUsers", "ProtectSystem", "After"].flatMap(unit), []);
    assertEquals(unit("WantedBy"), ["default.target"]);
  },
});

Deno.test({
  name: "a port below 1024 gets its capability, and stays in the system's user namespace",
  ignore,
  fn: async () => {
    const unit = await unitOf(["--port", "443", "--memory"]);
    assertEquals(["AmbientCapabilities", "CapabilityBoundingSet", "PrivateUsers"].flatMap(unit), [
      ...["CAP_NET_BIND_SERVICE", "CAP_NET_BIND_SERVICE", "no"],
    ]);
  },
});

Deno.test({
  name: "files of a system service become credentials, and paths choose the folders that systemd creates",
  ignore,
  fn: async () => {
    const unit = await unitOf(["--password-file", "1%/pass", "--unix=/run/confab/s", "--log-file=/var/log/confab/l"]);
    assertEquals(unit("LoadCredential"), ["password-file:/srv/chat/1%%/pass"]);
    assertStringIncludes(unit("ExecStart")[0]!, ' "--password-file=${CREDENTIALS_DIRECTORY}/password-file"');
    assertEquals([unit("RuntimeDirectory"), unit("LogsDirectory")], [["confab"], ["confab"]]);
  },
});

Deno.test({
  name: "every title reaches serve as it was typed",
  ignore,
  fn: async () => {
    const hard = fc.string({ unit: fc.constantFrom(..."%$\\\"'; {}HOMEn#é李"), minLength: 1, maxLength: 60 });
    const any = fc.oneof(hard, fc.string({ minLength: 1, maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        fc.pre(sanitizeLine(text) === text);
        const [line] = (await unitOf([`--title=${text}`, "--memory"]))("ExecStart");
        assert(wordsOf(line!).includes(`--title=${text}`), line);
      }),
      { numRuns: 200 },
    );
  },
});

Deno.test({
  name: "each refusal of options says what to do",
  ignore,
  fn: async () => {
    const bad: [string[], string][] = [
      [["--prot", "5"], "did you mean --port?"],
      [["--port", "99999"], "expected a whole number from 0 to 65535"],
      [["chat"], 'Unexpected argument "chat"'],
      [["--password", "secret"], "use --password-file FILE"],
      [["--data", "/srv/data"], "or install the service with --user"],
      [["--log-file", "chat.log"], "/var/log/confab"],
      [["--cert", "no.pem", "--key", "no.key"], "Cannot read --cert /srv/chat/no.pem"],
    ];
    for (const [options, part] of bad) {
      const { code, message } = await assertRejects(() => unitOf(options), Failure);
      assertEquals(code, EXIT.usage);
      assertStringIncludes(message, part);
    }
  },
});

Deno.test({
  name: "a program that systemd cannot start is refused",
  ignore,
  fn: async () => {
    for (const path of ["/home/ada/confab", "/root/confab", "/tmp/confab", '/opt/a"b/confab', "/opt/a\\b/confab"]) {
      assertEquals((await assertRejects(() => unitOf([], "system", path), Failure)).code, EXIT.usage);
    }
    const [line] = (await unitOf([], "system", "/opt/two words%/confab"))("ExecStart");
    assertEquals(wordsOf(line!)[0], "/opt/two words%/confab");
  },
});

const ANALYZE = "/usr/bin/systemd-analyze";

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test({
  name: "systemd finds no fault in the units",
  ignore: ignore || !exists(ANALYZE),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const scope of ["system", "user"] as const) {
        const options = ["--memory", "--share", "--port=443", '--title=a %n $HOME "x" ; \\'];
        const site = { scope, executable: "/bin/sleep", cwd: "/" };
        await Deno.writeTextFile(
          `${folder}/confab.service`,
          unitText(await planService(options, SERVE, site, CONTEXT)),
        );
        const args = ["verify", ...scope === "user" ? ["--user"] : [], `${folder}/confab.service`];
        const { stderr } = await new Deno.Command(ANALYZE, { args }).output();
        const faults = new TextDecoder().decode(stderr).split("\n").filter((line) => line.includes("confab.service"));
        assertEquals([scope, ...faults], [scope]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function machine(given: Partial<ServiceMachine> = {}, shown = "LoadState=not-found") {
  const [files, calls, lines] = [new Map<string, string>(), [] as string[], [] as string[]];
  const fake: ServiceMachine = {
    os: "linux",
    executable: "/usr/local/bin/confab",
    cwd: "/",
    isRoot: () => true,
    env: (name) => name === "HOME" ? "/home/ada" : undefined,
    print: (line) => void lines.push(line),
    write: (path, text) => Promise.resolve(void files.set(path, text)),
    remove: (path) => Promise.resolve(files.delete(path)),
    run(program, args) {
      calls.push([program, ...args].join(" "));
      return Promise.resolve({ code: 0, output: args.includes("show") ? shown : "" });
    },
    ...given,
  };
  return { ...fake, files, calls, lines };
}

const run = (line: string, on: ServiceMachine) =>
  manageService(readArguments(line.split(" "), SERVICE_COMMAND, () => undefined), SERVE, on);

Deno.test("install writes, enables and starts a unit, for the system as root and otherwise for the user", async () => {
  const system = machine();
  assertEquals(await run("install -- --memory", system), EXIT.fine);
  assertEquals([...system.files.keys()], ["/etc/systemd/system/confab.service"]);
  const words = ["daemon-reload", "enable confab.service", "restart confab.service"];
  assertEquals(system.calls, words.map((word) => `${SYSTEMCTL} ${word}`));
  const user = machine({ isRoot: () => false });
  await run("install -- --memory", user);
  assertEquals([...user.files.keys()], ["/home/ada/.config/systemd/user/confab.service"]);
  assertEquals(user.calls[0], `${SYSTEMCTL} --user daemon-reload`);
});

Deno.test("install --print changes nothing", async () => {
  const printed = machine();
  await run("install --print -- --memory", printed);
  assertEquals([printed.files.size, printed.calls.length], [0, 0]);
  assertStringIncludes(printed.lines.join("\n"), "\nDynamicUser=yes\n");
});

Deno.test("a bad option, another system or a checkout is a usage error and changes nothing", async () => {
  const cases = [
    ["install -- --prot", machine()],
    ["install", machine({ os: "windows" })],
    ["status", machine({ os: "darwin" })],
    ["install", machine({ executable: undefined })],
    ["install --user --system", machine()],
    ["start", machine()],
    ["status now", machine()],
  ] as const;
  for (const [line, on] of cases) {
    const { code } = await assertRejects(() => run(line, on), Failure);
    assertEquals([code, on.files.size, on.calls], [EXIT.usage, 0, []], line);
  }
});

Deno.test("remove succeeds twice, and stops only a unit that is there", async () => {
  const loaded = machine({}, "LoadState=loaded");
  loaded.files.set("/etc/systemd/system/confab.service", "");
  assertEquals(await run("remove", loaded), EXIT.fine);
  assertEquals(loaded.files.size, 0);
  assert(loaded.calls.includes(`${SYSTEMCTL} disable --now confab.service`));
  const missing = machine();
  assertEquals(await run("remove", missing), EXIT.fine);
  assertEquals(missing.lines, ["No service is installed"]);
});

Deno.test("status says what systemd knows, and exits with 4 if the service does not run", async () => {
  const known = "LoadState=loaded\nFragmentPath=/etc/x\nUnitFileState=enabled\nMainPID=7\nExecMainStatus=3\n";
  const active = machine({}, `${known}ActiveState=active\nActiveEnterTimestamp=Sun 2026-11-29`);
  assertEquals(await run("status", active), EXIT.fine);
  assertEquals(active.lines, [
    "Installed: /etc/x",
    "Enabled: yes",
    "Running: yes, since Sun 2026-11-29, as process 7",
    "Its log: journalctl -u confab",
  ]);
  const failed = machine({}, `${known}ActiveState=failed`);
  assertEquals(await run("status", failed), EXIT.cannotConnect);
  assertStringIncludes(failed.lines[2]!, "no: failed, the last exit code is 3");
  assertEquals(await run("status", machine()), EXIT.cannotConnect);
});

Deno.test("a systemctl that fails is quoted, and a missing one is named", async () => {
  const bus = machine({ run: () => Promise.resolve({ code: 1, output: "Failed to connect to bus\n" }) });
  assertStringIncludes((await assertRejects(() => run("status", bus), Failure)).message, ": Failed to connect to bus");
  const none = machine({ run: () => Promise.reject(new Deno.errors.NotFound()) });
  assertStringIncludes((await assertRejects(() => run("status", none), Failure)).message, "confab help service");
});
