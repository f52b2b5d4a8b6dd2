import { assertEquals } from "@std/assert";
import { keepLastName, lastName } from "../../../src/cli/joining/last_name.ts";

function inFolder(run: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "confab-" });
  try {
    run(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("the name that was given last is remembered, in a file for its owner alone", () => {
  inFolder((parent) => {
    const folder = `${parent}/state`;
    assertEquals(lastName(folder), undefined);
    keepLastName("ada", folder);
    keepLastName("Zoë", folder);
    assertEquals(lastName(folder), "Zoë");
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(`${folder}/last_name`).mode! & 0o777, 0o600);
  });
});

Deno.test("a file that holds no name suggests none, and a folder that cannot be written is no fault", () => {
  inFolder((folder) => {
    for (const text of ["", "a b", "\x1b[2J", "x".repeat(2_000)]) {
      Deno.writeTextFileSync(`${folder}/last_name`, text);
      assertEquals(lastName(folder), undefined, JSON.stringify(text));
    }
    keepLastName("ada", `${folder}/last_name/below`);
    keepLastName("ada", undefined);
  });
});
