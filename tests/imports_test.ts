import { assert, assertEquals } from "@std/assert";
import { impuritiesOf } from "./helpers/impurities.ts";
import { type Edge, faultsOf, folderOf, FOLDERS, loadedAtOnce } from "./helpers/import_rules.ts";
import {
  foldersWithoutModule,
  gerundNames,
  overfullFolders,
  repeatedExports,
  repeatedFileNames,
  type Source,
} from "./helpers/layout_rules.ts";

const ROOT = new URL("..", import.meta.url);

interface Resolved {
  readonly specifier: string;
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: Resolved;
    readonly type?: Resolved;
    readonly isDynamic?: boolean;
  }[];
}

/** The imports of the whole program. */
let program: Promise<Edge[]> | undefined;

/** Returns the imports between the project's files, as `deno info` lists them for the program at `entry`. */
async function edgesFrom(entry: string): Promise<Edge[]> {
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], cwd: ROOT, stderr: "null" });
  const { success, stdout } = await command.output();
  assert(success, `deno info fails for ${entry}`);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: readonly Module[] };
  return modules
    .filter(({ specifier }) => isOurs(specifier))
    .flatMap(({ specifier, dependencies = [] }) =>
      dependencies.map(({ specifier: written, code, type, isDynamic }) => ({
        from: relative(specifier),
        to: relative((code ?? type)?.specifier ?? written),
        typeOnly: code === undefined,
        later: isDynamic === true,
      }))
    );
}

/** A module that imports these files, so that one `deno info` reads them all. */
function importsOf(paths: readonly string[]): string {
  const lines = paths.map((path) => `import ${JSON.stringify(new URL(path, ROOT).href)};`);
  return `data:application/javascript,${encodeURIComponent(lines.join(""))}`;
}

function programEdges(): Promise<Edge[]> {
  return program ??= edgesFrom("main.ts");
}

/** Vendored packages are in vendor/; their own imports do not count. */
function isOurs(specifier: string): boolean {
  return specifier.startsWith(ROOT.href) && !specifier.startsWith(`${ROOT.href}vendor/`);
}

function relative(specifier: string): string {
  return isOurs(specifier) ? specifier.slice(ROOT.href.length) : specifier;
}

async function* sources(folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) yield* sources(`${folder}${name}/`);
    else if (/\.tsx?$/.test(name)) yield `${folder}${name}`;
  }
}

Deno.test("in the whole program imports only go down, and none is circular", async () => {
  const edges = await programEdges();
  assert(edges.length > 100, "deno info found hardly any imports");
  assertEquals(faultsOf(edges), []);
});

Deno.test("imports only go down in files that the program does not reach, too", async () => {
  const reached = new Set((await programEdges()).flatMap(({ from, to }) => [from, to]));
  const unreached = (await Array.fromAsync(sources("src/"))).filter((path) => !reached.has(path));
  const edges = await edgesFrom(importsOf(unreached));
  assert(edges.length > unreached.length, "deno info found hardly any imports");
  assertEquals(faultsOf(edges), []);
});

Deno.test("a start loads its command alone, and no module of the server, of its store, of the terminal's views, or of rarely used commands", async () => {
  const edges = await programEdges();
  const first = loadedAtOnce(edges, "main.ts");
  const loadedBy = (command: string) => [...first, ...loadedAtOnce(edges, `src/cli/commands/${command}.ts`)];
  assert(loadedBy("connect").includes("src/client/client.ts"), "The modules loaded at once were not found");
  const unneeded = [
    /^src\/(core|nearby|page|web)\/|^src\/terminal\/(app\.ts|plain\/)|^src\/server\/server\.ts|^src\/history\/(?!store\.ts)/,
    /sqlite|self_signed|logtape|sucrase|markdown|marked|mdns/,
  ];
  for (const command of ["connect", "serve", "send"]) {
    assertEquals(loadedBy(command).filter((path) => unneeded.some((pattern) => pattern.test(path))), []);
  }
  assertEquals([...first].filter((path) => /^src\/(client|server)\//.test(path)), []);
});

Deno.test("the core and the protocol use no clock, randomness, timer or await", async () => {
  const found: string[] = [];
  for (const folder of ["src/core/", "src/protocol/"]) {
    for await (const path of sources(folder)) {
      const impurities = impuritiesOf(await Deno.readTextFile(new URL(path, ROOT)));
      found.push(...impurities.map((impurity) => `${path} uses ${impurity}`));
    }
  }
  assertEquals(found, []);
});

Deno.test("the rules name exactly the folders of src", async () => {
  const folders = new Set((await Array.fromAsync(sources("src/"))).map(folderOf));
  assertEquals(Object.keys(FOLDERS).filter((name) => name !== "main").sort(), [...folders].sort());
});

function edge(from: string, to: string, typeOnly = false): Edge {
  return { from, to, typeOnly };
}

Deno.test("the rules refuse every import that goes up or across", () => {
  const bad: [string, string][] = [
    ["src/protocol/text/names.ts", "src/core/hub.ts"],
    ["src/core/hub.ts", "src/framing/codec.ts"],
    ["src/core/hub.ts", "src/server/server.ts"],
    ["src/framing/codec.ts", "src/core/effect.ts"],
    ["src/framing/codec.ts", "src/transports/connection.ts"],
    ["src/transports/tcp.ts", "src/history/store.ts"],
    ["src/transports/tcp.ts", "src/server/server.ts"],
    ["src/history/sqlite/sqlite_history.ts", "src/transports/connection.ts"],
    ["src/history/sqlite/sqlite_history.ts", "src/core/hub.ts"],
    ["src/server/server.ts", "src/transports/tcp.ts"],
    ["src/server/server.ts", "src/history/memory/memory_history.ts"],
    ["src/server/server.ts", "src/history/sqlite/sqlite_history.ts"],
    ["src/server/server.ts", "src/history/search_words.ts"],
    ["src/server/server.ts", "src/client/client.ts"],
    ["src/core/hub_options.ts", "src/history/store.ts"],
    ["src/core/hub_options.ts", "src/files/file_store.ts"],
    ["src/server/server.ts", "src/files/disk/disk_file_store.ts"],
    ["src/files/disk/disk_file_store.ts", "src/history/store.ts"],
    ["src/files/disk/disk_file_store.ts", "src/transports/connection.ts"],
    ["src/files/disk/disk_file_store.ts", "src/framing/codec.ts"],
    ["src/client/client_memory.ts", "src/cli/joining/client_storage.ts"],
    ["src/server/server.ts", "src/cli/log/log_options.ts"],
    ["src/server/server.ts", "src/metrics/prometheus.ts"],
    ["src/metrics/prometheus.ts", "src/server/server.ts"],
    ["src/metrics/metrics_server.ts", "src/server/accept/acceptor.ts"],
    ["src/metrics/metrics_server.ts", "src/transports/tcp.ts"],
    ["src/framing/http/http_response.ts", "src/metrics/prometheus.ts"],
    ["src/server/server.ts", "src/nearby/announcement.ts"],
    ["src/nearby/announcement.ts", "src/transports/tcp.ts"],
    ["src/terminal/dashboard/dashboard.ts", "src/metrics/prometheus.ts"],
    ["src/client/client.ts", "src/server/monitor/log_events.ts"],
    ["src/client/client.ts", "src/transports/tcp.ts"],
    ["src/client/client.ts", "src/core/hub.ts"],
    ["src/client/client.ts", "src/terminal/app.ts"],
    ["src/terminal/app.ts", "src/server/server.ts"],
    ["src/terminal/app.ts", "src/transports/tcp.ts"],
    ["src/terminal/app.ts", "src/web/page.ts"],
    ["src/web/page.ts", "src/terminal/render/view.ts"],
    ["src/terminal/app.ts", "src/cli/args.ts"],
    ["src/cli/commands/serve.ts", "src/core/hub.ts"],
    ["src/cli/commands/serve.ts", "main.ts"],
    ["main.ts", "src/server/server.ts"],
    ["src/unheard/of.ts", "src/protocol/text/names.ts"],
  ];
  for (const [from, to] of bad) {
    for (const typeOnly of [false, true]) {
      assertEquals(faultsOf([edge(from, to, typeOnly)]), [`${from} may not import ${to}`]);
    }
  }
});

Deno.test("the rules refuse every package that a folder may not use", () => {
  const bad: [string, string][] = [
    ["src/core/hub.ts", "npm:valibot@1.5.0"],
    ["src/core/hub.ts", "node:crypto"],
    ["src/core/hub.ts", "jsr:/@std/text@^1.0.0/closest-string"],
    ["src/protocol/messages/validate.ts", "npm:/zod@4.0.0"],
    ["src/protocol/messages/validate.ts", "node:buffer"],
    ["src/client/client.ts", "node:timers"],
    ["src/client/client.ts", "npm:valibot@1.5.0"],
    ["src/client/client_memory.ts", "node:fs"],
    ["src/server/server.ts", "node:sqlite"],
    ["src/cli/commands/data/export.ts", "npm:better-sqlite3@12.0.0"],
    ["src/history/sqlite/sqlite_history.ts", "node:fs"],
    ["src/files/disk/disk_file_store.ts", "node:fs"],
    ["src/framing/codec.ts", "jsr:@std/streams@^1.0.0"],
    ["src/server/server.ts", "npm:fast-check@4.11.0"],
    ["src/server/server.ts", "npm:prom-client@15.1.3"],
    ["src/cli/cli.ts", "https://example.com/mod.ts"],
  ];
  for (const [from, to] of bad) assertEquals(faultsOf([edge(from, to)]), [`${from} may not import ${to}`]);
});

Deno.test("the rules accept the imports that the design allows", () => {
  const good: [string, string][] = [
    ["main.ts", "src/cli/cli.ts"],
    ["src/cli/commands/serve.ts", "src/server/server.ts"],
    ["src/cli/commands/serve.ts", "src/history/memory/memory_history.ts"],
    ["src/cli/commands/serve.ts", "src/history/sqlite/sqlite_history.ts"],
    ["src/cli/commands/data/export.ts", "src/history/transfer/archive.ts"],
    ["src/cli/joining/client_storage.ts", "src/client/client_memory.ts"],
    ["src/cli/joining/client_storage.ts", "node:crypto"],
    ["src/history/sqlite/sqlite_history.ts", "src/history/store.ts"],
    ["src/history/sqlite/database_file.ts", "node:sqlite"],
    ["src/client/client_memory.ts", "npm:/valibot@1.5.0"],
    ["src/server/server.ts", "src/core/hub.ts"],
    ["src/server/server.ts", "src/history/store.ts"],
    ["src/server/server.ts", "src/files/file_store.ts"],
    ["src/files/disk/disk_file_store.ts", "src/files/file_store.ts"],
    ["src/files/disk/disk_file_store.ts", "src/protocol/limits.ts"],
    ["src/files/disk/blob_hash.ts", "node:crypto"],
    ["src/cli/commands/serve.ts", "src/files/disk/disk_file_store.ts"],
    ["src/server/connection/peer.ts", "src/transports/connection.ts"],
    ["src/client/client.ts", "src/transports/connection.ts"],
    ["src/terminal/app.ts", "src/client/client.ts"],
    ["src/transports/tcp.ts", "src/transports/connection.ts"],
    ["src/core/hub.ts", "src/protocol/text/names.ts"],
    ["src/protocol/messages/validate.ts", "npm:/valibot@1.5.0"],
    ["src/cli/args/arguments.ts", "jsr:/@std/cli@^1.0.0/parse-args"],
    ["src/server/turn/ids.ts", "node:crypto"],
    ["src/cli/commands/serve.ts", "src/metrics/metrics_server.ts"],
    ["src/metrics/prometheus.ts", "src/server/monitor/statistics.ts"],
    ["src/metrics/metrics_server.ts", "src/framing/http/http_response.ts"],
    ["src/metrics/http_server.ts", "src/protocol/limits.ts"],
    ["src/metrics/http_server.ts", "src/transports/connection.ts"],
  ];
  assertEquals(faultsOf(good.map(([from, to]) => edge(from, to))), []);
});

Deno.test("loadedAtOnce follows imports through all files, except type imports and dynamic imports", () => {
  const edges = [
    edge("a.ts", "b.ts"),
    edge("b.ts", "npm:c"),
    edge("b.ts", "d.ts", true),
    { ...edge("a.ts", "e.ts"), later: true },
    edge("e.ts", "f.ts"),
    edge("b.ts", "a.ts"),
  ];
  assertEquals([...loadedAtOnce(edges, "a.ts")], ["a.ts", "b.ts", "npm:c"]);
});

Deno.test("the rules find a cycle of files of any length, also one of types", () => {
  const ring = [edge("src/core/a.ts", "src/core/b.ts"), edge("src/core/b.ts", "src/core/c.ts")];
  assertEquals(faultsOf([...ring, edge("src/core/c.ts", "src/core/a.ts")]), [
    "Files import each other: src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts",
  ]);
  assertEquals(faultsOf([...ring, edge("src/core/c.ts", "src/core/a.ts", true)]).length, 1);
  assertEquals(faultsOf([...ring, edge("src/core/a.ts", "src/core/c.ts")]), []);
  assertEquals(faultsOf([edge("src/core/a.ts", "src/core/a.ts")]).length, 1);
});

Deno.test("the rules find a cycle of folders, also one of types", () => {
  const faults = faultsOf([
    edge("src/transports/a.ts", "src/framing/b.ts"),
    edge("src/framing/c.ts", "src/transports/connection.ts", true),
  ]);
  assertEquals(faults, [
    "src/framing/c.ts may not import src/transports/connection.ts",
    "Folders import each other: src/transports → src/framing → src/transports",
  ]);
});

Deno.test("an impurity is found in code, but not in comments, strings and regular expressions", () => {
  const bad: [string, string][] = [
    ["const now = Date.now();", "Date.now"],
    ["const now = Date\n  .now;", "Date.now"],
    ["const x = `${Math.random()}`;", "Math.random"],
    ["const now = new Date();", "new Date()"],
    ["const now = new Date;", "new Date()"],
    ["for await (const x of y) {}", "await"],
    ['say("// no comment"); await x;', "await"],
    ["setTimeout(f, 5)", "setTimeout"],
    ["/* a */ setInterval(f) /* b */", "setTimeout"],
  ];
  for (const [source, impurity] of bad) assertEquals(impuritiesOf(source), [impurity], source);
  const good = [
    "// never await, Date.now() or setTimeout",
    "/** no\n * await */ const x = 1;",
    'const text = "await \\" Date.now()";',
    "const text = `await Date.now()`;",
    "const date = new Date(ms);",
    "const pattern = /await/;",
    "const awaited = 5;",
  ];
  for (const source of good) assertEquals(impuritiesOf(source), [], source);
});

async function allFiles(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) paths.push(...await allFiles(`${folder}${name}/`));
    else paths.push(`${folder}${name}`);
  }
  return paths;
}

async function readSources(): Promise<Source[]> {
  const paths = await Array.fromAsync(sources("src/"));
  return Promise.all(paths.map(async (path) => ({ path, text: await Deno.readTextFile(new URL(path, ROOT)) })));
}

Deno.test("no folder of src has more than 20 files of its own", async () => {
  assertEquals(overfullFolders(await allFiles("src/")), []);
});

Deno.test("each folder of src has a mod.ts whose @module comment describes it", async () => {
  assertEquals(foldersWithoutModule(await readSources()), []);
});

Deno.test("files of src are named by nouns, and no name is used twice", async () => {
  const paths = await Array.fromAsync(sources("src/"));
  assertEquals([...gerundNames(paths), ...repeatedFileNames(paths)], []);
});

Deno.test("no two files of src export the same name", async () => {
  assertEquals(repeatedExports(await readSources()), []);
});

Deno.test("the rules find overfull folders, missing module comments, gerunds and repeated names", () => {
  const source = (path: string, text = ""): Source => ({ path, text });
  const many = Array.from({ length: 21 }, (_, nth) => `src/core/file${nth}.ts`);
  assertEquals(overfullFolders(many), ["src/core has 21 files: group some of them in a folder"]);
  assertEquals(overfullFolders(many.slice(1)), []);
  assertEquals(
    foldersWithoutModule([
      source("src/a/mod.ts", "/** Numbers. @module */\n"),
      source("src/a/one.ts"),
      source("src/b/mod.ts", "/** Numbers. */\n/** Later. @module */\n"),
      source("src/c/one.ts"),
    ]),
    ["src/b", "src/c"].map((folder) => `${folder} needs a mod.ts that begins with a @module comment`),
  );
  assertEquals(
    gerundNames([
      "src/a/parsing.ts",
      "src/a/line_parsing.ts",
      "src/a/parsing_lines.ts",
      "src/a/ping.ts",
      "src/a/ring_buffer.ts",
    ])
      .map((line) => line.split(" ")[0]),
    ["src/a/parsing.ts", "src/a/line_parsing.ts", "src/a/parsing_lines.ts"],
  );
  assertEquals(repeatedFileNames(["src/a/mod.ts", "src/b/mod.ts", "src/a/one.ts", "src/b/one.ts"]), [
    "one names several files: src/a/one.ts, src/b/one.ts",
  ]);
  assertEquals(
    repeatedExports([
      source("src/a/one.ts", "export const one = 1;\nexport async function two() {}\n"),
      source("src/b/two.ts", 'export function two() {}\nexport { one } from "../a/one.ts";\n'),
    ]),
    ["two is exported by several files: src/a/one.ts, src/b/two.ts"],
  );
});
