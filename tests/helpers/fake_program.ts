import { delimiter } from "node:path";
import { mediaSearch } from "../../src/cli/platform/media_program.ts";

/**
 * Lets a script of the shell be found in place of a program of calls until it is disposed of. The environment stays as it is: tests
 * on other threads share it.
 */
export async function fakeProgram(name: string, script: string): Promise<AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "confab-program-" });
  await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const search = searchIn(`${folder}${delimiter}${mediaSearch.path ?? Deno.env.get("PATH") ?? ""}`);
  return {
    async [Symbol.asyncDispose]() {
      search[Symbol.dispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Searches programs of calls in these folders alone until it is disposed of. */
export function searchIn(path: string): Disposable {
  const before = mediaSearch.path;
  mediaSearch.path = path;
  return { [Symbol.dispose]: () => void (mediaSearch.path = before) };
}
