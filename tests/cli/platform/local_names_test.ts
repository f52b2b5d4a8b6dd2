import { assertEquals } from "@std/assert";
import { localNames } from "../../../src/cli/platform/local_names.ts";
import { run } from "../../helpers/process.ts";

Deno.test("this machine's name on the network is the first label of its host name, in lower case", () => {
  for (const hostname of ["ada-macbook", "Ada-MacBook", "ADA-MACBOOK.local", "ada-macbook.example.org"]) {
    assertEquals(localNames(hostname), ["ada-macbook.local"], hostname);
  }
});

Deno.test("a machine without a name of its own has none on the network", () => {
  for (const hostname of ["", ".", "localhost", "localhost.localdomain", "LOCALHOST", "a b", "a/b", "a:1"]) {
    assertEquals(localNames(hostname), [], hostname);
  }
});

Deno.test("without the right to know the host name nobody is asked for it", async () => {
  const module = import.meta.resolve("../../../src/cli/platform/local_names.ts");
  const script = `import { ownLocalNames } from "${module}"; console.log(ownLocalNames().length);`;
  const asked = async (...rights: string[]) => {
    const { code, stdout, stderr } = await run(Deno.execPath(), { args: ["run", ...rights, "-"], input: script });
    return [code, stdout, stderr];
  };
  assertEquals(await asked(), [0, "0", ""]);
  assertEquals(await asked("--allow-sys=networkInterfaces"), [0, "0", ""]);
});
