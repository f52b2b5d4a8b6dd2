import { assert, assertEquals } from "@std/assert";
import { filesBelow } from "../helpers/e2e_home.ts";
import { chatTest, say } from "../helpers/terminal_chat.ts";

chatTest("Alt-Enter breaks the line, and what is cut and undone comes back", async ({ terminal, bob }) => {
  await terminal.type("one");
  await terminal.press("M-Enter");
  await terminal.type("two three");
  await terminal.press("C-w", "C-_");
  await terminal.until(/#lobby> one\n│ two three$/);
  await terminal.press("C-u", "C-k", "C-y", "C-y");
  await terminal.until(/#lobby> one\n│ two threetwo three$/);
  await terminal.press("Enter");
  await bob.next({ type: "message", text: "one\ntwo threetwo three" });
});

chatTest(
  "a line that the server refuses leaves the prompt, and a slash command replaces one that cannot be sent",
  async ({ terminal }) => {
    await terminal.enter("/kick bob");
    await terminal.until(/^! .*\n#lobby>$/m);
    await terminal.enter("/nonsense");
    await terminal.untilPrompt("#lobby> /nonsense");
    await terminal.enter("/set bell on");
    await terminal.until("* bell is on");
    await terminal.untilPrompt("#lobby>");
  },
);

chatTest("a paste of many lines needs a confirmation, and stays in the history without it", async (chat) => {
  const { terminal, bob } = chat;
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);
  await terminal.type("log: ");
  await terminal.paste(`${lines.join("\n")}\n`);
  await terminal.until(/#lobby> log:\nPaste 12 lines\?/);
  await say(bob, "meanwhile");
  await terminal.until(/bob: meanwhile\n#lobby> log:\nPaste 12 lines\?/);
  await terminal.press("n");
  await terminal.untilPrompt("#lobby> log:");
  await terminal.press("C-y");
  await terminal.until(/#lobby> log: line 1\n│ line 2\n[^]*│ line 12\n│$/);
  await terminal.press("Enter");
  await bob.next({ type: "message", text: `log: ${lines.join("\n")}` });
  assertEquals(bob.events.filter(({ type }) => type === "message").length, 2);
});

chatTest(
  "Ctrl-R finds what was sent, also at the next start; the file is its owner's and holds no password",
  async (chat) => {
    const { server, terminal, bob } = chat;
    await terminal.enter("tea at four?");
    await terminal.enter("coffee");
    await bob.next({ type: "message", text: "coffee" });
    await terminal.enter("/login ada hunter2");
    await terminal.until(/^! /m);
    await terminal.press("C-u");
    await terminal.enter("/quit");
    await terminal.until(/\$ ?$/);
    await terminal.enter(`clear; confab connect ${server.address} --name ada`);
    await terminal.until(/^\* You are ada[^]*Ctrl-D quits\n#lobby>$/);
    await terminal.press("C-r");
    await terminal.type("tea");
    await terminal.until(/#lobby> tea at four\?\nSearch "tea": Enter sends/);
    await terminal.press("Enter");
    await bob.next({ type: "message", text: "tea at four?" });
    const [name] = filesBelow(terminal.folder).filter((path) => path.endsWith("typed.jsonl"));
    assertEquals(Deno.statSync(`${terminal.folder}/${name}`).mode! & 0o777, 0o600);
    const kept = Deno.readTextFileSync(`${terminal.folder}/${name}`);
    assert(kept.includes("tea at four?") && !kept.includes("hunter2"), kept);
  },
);

chatTest("names, emoji and commands are completed, with the choices below the line", async ({ terminal, bob }) => {
  await terminal.type("b");
  await terminal.press("Tab");
  await terminal.type(":tada");
  await terminal.press("Tab");
  await terminal.untilPrompt("#lobby> bob: 🎉");
  await terminal.press("Enter");
  await bob.next({ type: "message", text: "bob: 🎉" });
  await terminal.type("/his");
  await terminal.press("Tab", "C-u");
  await terminal.type("/ro");
  await terminal.press("Tab");
  await terminal.until(/#lobby> \/room\n\[\/room\] +\/rooms$/);
  await terminal.press("Tab");
  await terminal.until(/#lobby> \/rooms\n \/room +\[\/rooms\]$/);
  await terminal.press("Escape");
  await terminal.untilPrompt("#lobby> /ro");
}, { size: { columns: 80, rows: 24 } });

chatTest("the editor of one's choice has the terminal, and gets every key, until it is done", async (chat) => {
  const { terminal, bob } = chat;
  await terminal.type("dear all");
  await terminal.press("C-x", "C-e");
  await terminal.until(/^editing: dear all$/m);
  await say(bob, "while it is open");
  await terminal.press("C-c");
  await terminal.enter("first key counts");
  await terminal.until(/got first key counts\n[^]*bob: while it is open\n#lobby> dear all\n│ first key counts$/);
  await terminal.press("Enter");
  await bob.next({ type: "message", text: "dear all\nfirst key counts" });
  await terminal.enter("/editor from scratch");
  await terminal.until(/^editing: from scratch$/m);
  await terminal.enter("x");
  await terminal.until(/#lobby> from scratch\n│ x$/);
  assert(!(await terminal.screen()).includes("Not sent"));
}, {
  before:
    `EDITOR='sh -c '\\''trap : INT; echo "editing: $(cat $1)"; until read -r a; do :; done; echo "got $a"; printf "\\n%s\\n" "$a" >>$1'\\'' sh'`,
});

chatTest("a resize while typing leaves one line, wherever the cursor is", async ({ terminal, bob }) => {
  const text = "日本 with é and 👍 ".repeat(6).trim();
  await terminal.type(text);
  await terminal.press("Home", "M-f", "M-f");
  // A terminal that is resized before it draws the typed text shows what the program cannot know.
  await terminal.type("X");
  await terminal.until("withX");
  for (const [columns, rows] of [[30, 20], [71, 6], [44, 24], [80, 24]] as const) {
    await terminal.resize({ columns, rows });
    await say(bob, `now ${columns}`);
    await terminal.until(new RegExp(`bob: now ${columns}\n#lobby> `));
  }
  const screen = await terminal.screen();
  assertEquals(screen.split("#lobby>").length, 2, screen);
  await terminal.type("Y");
  await terminal.press("Enter");
  await bob.next({ type: "message", text: text.replace("with", "withXY") });
});
