import { assert, assertEquals } from "@std/assert";
import { HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";
import { noticeText } from "../../../src/terminal/screen/signals.ts";
import { DEFAULT_SETTINGS } from "../../../src/terminal/model/settings.ts";
import { start } from "../app_stage.ts";
import { ADA, directMessage, joined, roomMessage, YOU } from "../memory_terminal.ts";

const ALL = { ...DEFAULT_SETTINGS, bell: true, osc9: true, osc777: true, osc99: true };

/** The notifications that a terminal received, without titles. */
const notices = (commands: readonly string[]) => commands.filter((command) => !command.startsWith("2;"));

Deno.test("notices: none by default, and each setting has its own escape sequence", () => {
  assertEquals(noticeText("ada: hi", DEFAULT_SETTINGS), "");
  assertEquals(
    noticeText("a;b", ALL),
    "\x07\x1b]9;Confab: a;b\x1b\\\x1b]777;notify;Confab;a,b\x1b\\\x1b]99;e=1;Q29uZmFiOiBhO2I=\x1b\\",
  );
});

Deno.test("notices: no text can end the escape sequence or exceed the limit", () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    const notice = noticeText(text, { ...ALL, bell: false });
    assertEquals(notice.split(/\p{Cc}/u).length, 7, what);
    assert(notice.length < 10_000, what);
  }
});

Deno.test("notices: only messages for the user notify, at most every two seconds", async () => {
  const { screen, client, clock, type, settled, quit } = await start({ columns: 60, settings: { osc9: true } });
  client.receive(roomMessage("hello"), roomMessage("zoe: hello", 2), roomMessage("ZOE!", 3));
  await settled();
  assertEquals(notices(screen.commands), ["9;Confab: ada in #lobby: zoe: hello"]);
  clock.advance(2_000);
  client.receive(
    roomMessage("me, zoe", 4, YOU),
    directMessage("psst"),
  );
  await settled();
  assertEquals(notices(screen.commands).slice(1), ["9;Confab: ada to you: psst"]);
  clock.advance(2_000);
  client.receive({ ...joined("dev"), seq: 1, missed: 1 } as never, roomMessage("zoe?", 1, ADA, "dev"));
  await type("/set keywords tea,c++\r");
  client.receive(roomMessage("teapot", 5), roomMessage("is C++ fine?", 6));
  await settled();
  assertEquals(notices(screen.commands).slice(2), ["9;Confab: ada in #lobby: is C++ fine?"]);
  await quit();
});

Deno.test("notices: a focused window gets no notification, if the terminal reports focus", async () => {
  const { screen, client, clock, type, settled, quit } = await start({ settings: { osc9: true } });
  await type("\x1b[I");
  client.receive(roomMessage("zoe 1"));
  await settled();
  assertEquals(notices(screen.commands), []);
  await type("\x1b[O");
  clock.advance(2_000);
  client.receive(roomMessage("zoe 2", 2));
  await settled();
  assertEquals(notices(screen.commands), ["9;Confab: ada in #lobby: zoe 2"]);
  await quit();
});

Deno.test("notices: the title shows the room and unread counts, and is restored at the end", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 60 });
  assertEquals(screen.commands, ["2;#lobby - Confab"]);
  await type("\x1b[O");
  client.receive(roomMessage("one"), directMessage("psst"));
  await settled();
  assertEquals(screen.commands.at(-1), "2;(2) #lobby - Confab");
  await type("\x1b[I");
  assertEquals(screen.commands.at(-1), "2;#lobby - Confab");
  await type("/set title off\r");
  assertEquals(screen.commands.at(-1), "2;");
  await type("/set title on\r");
  await quit();
  assertEquals(screen.commands.slice(-2), ["2;#lobby - Confab", "2;"]);
});
