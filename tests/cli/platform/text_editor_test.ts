import { assertEquals, assertRejects } from "@std/assert";
import { runEditor } from "../../../src/cli/platform/text_editor.ts";

const POSIX = Deno.build.os !== "windows";
import { poll } from "../../helpers/process_lines.ts";

/** Runs with a shell command as the editor, which gets the file as its argument. */
async function withEditor<T>(editor: string, body: () => Promise<T>): Promise<T> {
  const before = Deno.env.get("VISUAL");
  Deno.env.set("VISUAL", editor);
  try {
    return await body();
  } finally {
    if (before === undefined) Deno.env.delete("VISUAL");
    else Deno.env.set("VISUAL", before);
  }
}

const write = (text: string, signal = new AbortController().signal) => runEditor(text, signal);

Deno.test({
  name: "an editor with arguments gets the text in a file, and the saved text is returned",
  ignore: !POSIX,
  async fn() {
    const script = `sh -c 'cat "$1"; test "$(ls -l "$1" | cut -c1-10)" = -rw------- && echo more >>"$1"' sh`;
    assertEquals(await withEditor(`${script} 2>&1 >/dev/null`, () => write("a\nb\n")), "a\nb\nmore");
  },
});

Deno.test({
  name: "a failing, missing or flooding editor is reported with the next step",
  ignore: !POSIX,
  async fn() {
    await assertRejects(() => withEditor("false", () => write("x")), Error, 'The editor "false" ended with 1');
    const missing = "nosuch-editor 2>/dev/null";
    await assertRejects(() => withEditor(missing, () => write("x")), Error, "was not found");
    const flood = "sh -c 'head -c 2000000 /dev/zero >\"$1\"' sh";
    const { message } = await assertRejects(() => withEditor(flood, () => write("x")), Error, "too long for a message");
    await Deno.remove(message.replace(/^.* (\S+)\/message.txt$/, "$1"), { recursive: true });
  },
});

Deno.test({
  name: "an editor is ended with the program",
  ignore: !POSIX,
  async fn() {
    const marker = await Deno.makeTempFile();
    const stop = new AbortController();
    const writing = withEditor(`echo begun >${marker}; exec sleep 60 #`, () => write("x", stop.signal));
    await poll(async () => await Deno.readTextFile(marker) !== "", () => "an editor that has begun");
    stop.abort();
    await assertRejects(() => writing, Error, "ended with 143");
    await assertRejects(() => withEditor("true", () => write("x", stop.signal)), Error, "not started");
    await Deno.remove(marker);
  },
});
