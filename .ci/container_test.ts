import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readArguments } from "../src/cli/args/arguments.ts";
import { COMMAND_LIST } from "../src/cli/commands/command_list.ts";

const read = (path: string) => Deno.readTextFileSync(new URL(path, import.meta.url)).replaceAll("\r\n", "\n");
const DOCKERFILE = read("container/Dockerfile");
const COMPOSE = read("container/compose.yaml");

for (const name of ["Dockerfile", "compose.yaml", "Caddyfile"]) {
  Deno.test(`the manual shows ${name} as it is`, () => {
    assertStringIncludes(read("../src/manual/container.md"), `\n${read(`container/${name}`)}\`\`\`\n`);
  });
}

Deno.test("the commands in the container's files are valid", () => {
  const lists = [...DOCKERFILE.matchAll(/^.*CMD (\[.*\])$/gm), ...COMPOSE.matchAll(/command: (\[.*\])$/gm)];
  assertEquals(lists.length, 3);
  for (const [, list] of lists) {
    const words: string[] = JSON.parse(list!);
    const [name, ...args] = words.filter((word) => word !== "/usr/local/bin/confab");
    const command = COMMAND_LIST.find((candidate) => candidate.name === name);
    assert(command !== undefined, list);
    readArguments(args, command, () => undefined);
  }
});

Deno.test("the variables in the Dockerfile are those of options", () => {
  const names = Array.from(
    DOCKERFILE.matchAll(/CONFAB_(\w+)=/g),
    ([, name]) => name!.toLowerCase().replaceAll("_", "-"),
  );
  const options = COMMAND_LIST.find(({ name }) => name === "serve")!.options.map(({ name }) => name);
  assertEquals([names.length, names.filter((name) => !options.includes(name))], [2, []]);
});

Deno.test("the proxy's network is that of the containers", () => {
  const [, subnet] = /subnet: ([\d./]+)/.exec(COMPOSE)!;
  assertStringIncludes(COMPOSE, `"--proxy", "${subnet}"`);
});
