import { assertEquals, assertThrows } from "@std/assert";
import { PageSettings } from "../../../src/web/model/page_settings.ts";
import { MemoryStore } from "../page_stage.ts";

Deno.test("settings are kept on this device, and what is stored wrongly counts as not set", () => {
  const store = new MemoryStore();
  let changes = 0;
  const settings = new PageSettings(store, () => changes++);
  assertEquals([settings.isOn("formatting"), settings.isOn("idle"), settings.isOn("notify")], [true, true, false]);
  settings.set("formatting", false);
  settings.set("notify", true);
  const again = new PageSettings(store, () => {});
  assertEquals([again.isOn("formatting"), again.isOn("idle"), again.isOn("notify"), changes], [false, true, true, 2]);
  store.write("settings", { formatting: "no" });
  assertEquals(new PageSettings(store, () => {}).isOn("formatting"), true);
});

Deno.test("keywords are kept on this device, and too many or damaged ones are not", () => {
  const store = new MemoryStore();
  const settings = new PageSettings(store, () => {});
  assertEquals(settings.keywords, []);
  settings.setKeywords("tea, cake tea");
  assertEquals(new PageSettings(store, () => {}).keywords, ["tea", "cake"]);
  const many = Array.from({ length: 21 }, (_, index) => `w${index}`).join(" ");
  for (const text of [many, "x".repeat(65)]) {
    assertThrows(() => settings.setKeywords(text), Error, "At most 20 words of 64 characters each");
  }
  assertEquals(settings.keywords, ["tea", "cake"]);
  settings.setKeywords("off");
  assertEquals(settings.keywords, []);
  for (const keywords of [["tea"], many, 7]) {
    store.write("settings", { keywords });
    assertEquals(new PageSettings(store, () => {}).keywords, []);
  }
});

Deno.test("a user who has hidden their activity in an earlier version still hides it", () => {
  const store = new MemoryStore();
  store.write("activity", false);
  store.write("notify", true);
  const settings = new PageSettings(store, () => {});
  assertEquals((["idle", "typing", "notify"] as const).map((name) => settings.isOn(name)), [false, false, true]);
});
