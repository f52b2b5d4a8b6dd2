import { delimiter } from "node:path";

/**
 * Lets a script of the shell be found in place of a program until it is disposed of. The script must do for all tests that
 * start a program of that name meanwhile.
 */
export async function fakeProgram(name: string, script: string): Promise<AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "confab-program-" });
  await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const path = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", `${folder}${delimiter}${path}`);
  return {
    async [Symbol.asyncDispose]() {
      Deno.env.set("PATH", path);
      await Deno.remove(folder, { recursive: true });
    },
  };
}
