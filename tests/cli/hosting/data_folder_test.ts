import { assertEquals, assertThrows } from "@std/assert";
import { Arguments } from "../../../src/cli/args/arguments.ts";
import { defaultDataFolder, openInFolder, workInFolder } from "../../../src/cli/hosting/data_folder.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { StoreError } from "../../../src/history/store.ts";

function environment(variables: Record<string, string>): (variable: string) => string | undefined {
  return (variable) => variables[variable];
}

Deno.test("the data folder follows the conventions of each system", () => {
  assertEquals(defaultDataFolder("linux", environment({ HOME: "/home/ada" })), "/home/ada/.local/share/confab");
  assertEquals(
    defaultDataFolder("linux", environment({ HOME: "/home/ada", XDG_DATA_HOME: "/data/" })),
    "/data/confab",
  );
  assertEquals(
    defaultDataFolder("linux", environment({ HOME: "/home/ada", XDG_DATA_HOME: "relative" })),
    "/home/ada/.local/share/confab",
  );
  assertEquals(
    defaultDataFolder("darwin", environment({ HOME: "/Users/ada" })),
    "/Users/ada/Library/Application Support/Confab",
  );
  assertEquals(
    defaultDataFolder("windows", environment({ LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" })),
    "C:\\Users\\ada\\AppData\\Local\\Confab",
  );
});

Deno.test("without HOME the folder must be given", () => {
  const failure = assertThrows(() => defaultDataFolder("linux", environment({})), Failure);
  assertEquals([failure.code, failure.message], [
    EXIT.usage,
    "No data folder is known because HOME is not set: choose a folder with --data",
  ]);
});

Deno.test("a store error ends the program with its own exit code", async () => {
  const args = new Arguments([], new Map([["data", ["/somewhere"]]]));
  const fail = (folder: string) => {
    throw new StoreError(`Cannot use ${folder}`);
  };
  const failure = assertThrows(() => openInFolder(args, fail), Failure);
  assertEquals([failure.code, failure.message], [EXIT.cannotStore, "Cannot use /somewhere"]);
  const failLater = (folder: string) => Promise.resolve().then(() => fail(folder));
  const later = await workInFolder(args, failLater).catch((error) => error);
  assertEquals([later.code, later.message], [EXIT.cannotStore, "Cannot use /somewhere"]);
});
