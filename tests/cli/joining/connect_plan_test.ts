import { assertEquals, assertThrows } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { CONNECT } from "../../../src/cli/commands/connect.ts";
import { planSend, SEND } from "../../../src/cli/commands/send.ts";
import { NO_CONFIG, parseConfig } from "../../../src/cli/config/config_file.ts";
import { stateFolder } from "../../../src/cli/joining/client_storage.ts";
import { type ConnectPlan, planConnect, type PlanContext } from "../../../src/cli/joining/connect_plan.ts";
import { parseDestination } from "../../../src/cli/joining/destination.ts";
import { formatInvite } from "../../../src/protocol/address/invite_link.ts";

const FINGERPRINT = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const INVITE = formatInvite({
  host: "192.168.1.26",
  port: 5050,
  room: "ops",
  fingerprint: FINGERPRINT,
  secret: "ocean-lamp-crane",
});
const CONFIG = parseConfig('{"name": "zoe", "room": ["tea", "cake"], "plain": true, "utc": true, "nmae": 1}', "FILE");

interface Given {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly piped?: boolean;
  readonly config?: typeof NO_CONFIG;
  /** Servers that used TLS before, as `host:port`. */
  readonly known?: readonly string[];
  /** Servers by which the user has joined a chat with several servers before. */
  readonly homes?: readonly string[];
}

function contextOf({ env = {}, known = [], homes = [] }: Given): PlanContext {
  const variables: Record<string, string> = { HOME: "/home/ada", LOCALAPPDATA: "C:\\Users\\ada", USER: "ada", ...env };
  return {
    env: (variable) => variables[variable],
    knownServers: () => ({
      find: (server) => {
        if (server.startsWith("damaged")) throw new Error("the line is damaged");
        return known.includes(server) ? { certificate: {} as never, since: "" } : undefined;
      },
    }),
    knownChats: () => ({ find: (server) => homes.includes(server) ? { chat: "c", others: [] } : undefined }),
    givenPassword: (args) => args.text("password"),
  };
}

function plan(where: string, given: Given = {}): ConnectPlan {
  const { args = [], piped = false, config = NO_CONFIG } = given;
  const context = contextOf(given);
  return planConnect(readArguments(args, CONNECT, context.env), parseDestination([where]), { piped, config }, context);
}

const NO_CHOICES = { camera: undefined, microphone: undefined, speaker: undefined };

Deno.test("connect plan: an address alone leads to the lobby as the system user, without TLS", () => {
  assertEquals(plan("chat.example.org"), {
    address: { kind: "tcp", host: "chat.example.org", port: 5050 },
    stateFolder: stateFolder(contextOf({}).env),
    name: "ada",
    nameChosen: false,
    rooms: ["lobby"],
    password: undefined,
    linkCode: undefined,
    remembers: true,
    acceptSuggestion: true,
    output: { kind: "terminal", plain: false, settings: {}, devices: NO_CHOICES },
    warnings: [],
  });
});

Deno.test("connect plan: an invite gives room, password and fingerprint, and wins over the password option", () => {
  const { address, tls, rooms, password } = plan(INVITE, { args: ["--password", "other"] });
  assertEquals(address, { kind: "tcp", host: "192.168.1.26", port: 5050 });
  assertEquals([tls, rooms, password], [
    { fingerprint: FINGERPRINT, announced: undefined },
    ["ops"],
    "ocean-lamp-crane",
  ]);
  assertEquals(plan(INVITE, { args: ["--room", "dev"] }).rooms, ["dev"]);
});

Deno.test("connect plan: options win over variables, and variables over the configuration file", () => {
  const given = { config: CONFIG, env: { CONFAB_NAME: "bob" } };
  assertEquals(plan("host", given).name, "bob");
  assertEquals(plan("host", { ...given, args: ["--name", "mia"] }).name, "mia");
  assertEquals(plan("host", { config: CONFIG }).name, "zoe");
  assertEquals(plan("host", { config: CONFIG }).rooms, ["tea", "cake"]);
  assertEquals(plan("host", { config: CONFIG, args: ["--room", "a", "--room", "b", "--room", "a"] }).rooms, ["a", "b"]);
  assertEquals(plan(INVITE, { config: CONFIG }).rooms, ["ops"]);
  assertEquals(plan("host", { config: CONFIG }).output, {
    ...{ kind: "terminal", plain: true, settings: { utc: true } },
    devices: NO_CHOICES,
  });
  const { output } = plan("host", { config: CONFIG, env: { CONFAB_UTC: "0" } });
  assertEquals(output, {
    ...{ kind: "terminal", plain: true, settings: { utc: false } },
    devices: NO_CHOICES,
  });
  assertEquals(plan("host", { config: CONFIG }).warnings, CONFIG.errors);
});

Deno.test("connect plan: a pipe ignores the configuration file and is remembered only under a chosen name", () => {
  const unnamed = plan("host", { piped: true, config: CONFIG, args: ["--json"] });
  assertEquals([unnamed.name, unnamed.rooms, unnamed.warnings], ["ada", ["lobby"], []]);
  assertEquals(unnamed.output, { kind: "pipe", json: true });
  assertEquals([unnamed.remembers, unnamed.acceptSuggestion], [false, true]);
  const named = plan("host", { piped: true, args: ["--name", "bot"] });
  assertEquals([named.remembers, named.acceptSuggestion], [true, false]);
  assertEquals(named.output, { kind: "pipe", json: false });
});

Deno.test("connect plan: TLS is used if an option, the address or an earlier connection asks for it", () => {
  const none = { fingerprint: undefined, announced: undefined };
  assertEquals(plan("host", { args: ["--tls"] }).tls, none);
  assertEquals(plan("https://host/").tls, none);
  assertEquals(plan("http://host/").tls, undefined);
  assertEquals(plan("Host", { known: ["host:5050"] }).tls, none);
  assertEquals(plan("host:6000", { known: ["host:5050"] }).tls, undefined);
  assertEquals(plan("damaged").tls, none);
});

Deno.test("connect plan: --no-state keeps nothing", () => {
  assertEquals(plan("host", { args: ["--no-state"] }).stateFolder, undefined);
});

Deno.test("connect plan: a name of the system user that is not possible becomes guest", () => {
  assertEquals(plan("host", { env: { USER: " Ada L. " } }).name, "Ada_L.");
  assertEquals(plan("host", { env: { USER: "\x1b" } }).name, "guest");
});

Deno.test("connect plan: mistakes are usage failures that name the value", () => {
  const mistakes: readonly (readonly [where: string, args: readonly string[], message: string])[] = [
    ["unix:/tmp/x", ["--tls"], "Option --tls does not work with a Unix socket"],
    ["host", ["--name", "a b"], 'Name "a b"'],
    ["host", ["--room", "a b"], 'Option --room is "a b"'],
  ];
  for (const [where, args, message] of mistakes) {
    const failure = assertThrows(() => plan(where, { args }), Failure, message);
    assertEquals(failure.code, EXIT.usage);
  }
});

Deno.test("send plan: target, room and text come from the arguments and the invite", () => {
  const context = contextOf({});
  const planned = (...args: string[]) => planSend(readArguments(args, SEND, context.env), context);
  const { target, room, text, password } = planned(INVITE, "build", "42");
  assertEquals([target, room, text, password], [{ room: "ops" }, "ops", "build 42", "ocean-lamp-crane"]);
  assertEquals(planned(INVITE, "--to", "bob", "psst").target, { to: "bob" });
  assertEquals(planned(INVITE, "--to", "bob", "psst").room, "ops");
  assertEquals(planned("host", "-").text, undefined);
  const withFiles = planned("host", "--file", "a b.txt", "--file", "c.txt");
  assertEquals([withFiles.files, withFiles.text], [["a b.txt", "c.txt"], ""]);
  assertEquals(planned("host", "--file", "a.txt", "as", "promised").text, "as promised");
  for (const args of [[], ["host"], ["host", "--room", "a", "--to", "b", "x"], ["host", "x".repeat(9_000)]]) {
    assertEquals(assertThrows(() => planned(...args), Failure).code, EXIT.usage);
  }
});

Deno.test("connect plan: of the servers of an invite that comes first by which the user has joined the chat before", () => {
  const invite = "confab://10.0.0.1/lobby?or=10.0.0.2:1,B:2#.secret";
  const order = (...homes: string[]) => {
    const { address, others } = plan(invite, { homes });
    return [address, ...others ?? []].map((server) => "host" in server ? `${server.host}:${server.port}` : "");
  };
  assertEquals(order(), ["10.0.0.1:5050", "10.0.0.2:1", "B:2"]);
  assertEquals(order("10.0.0.2:1"), ["10.0.0.2:1", "10.0.0.1:5050", "B:2"]);
  assertEquals(order("b:2"), ["B:2", "10.0.0.1:5050", "10.0.0.2:1"]);
});
