import { assertEquals, assertThrows } from "@std/assert";
import type { ModerationAct } from "../../../src/web/model/menus.ts";
import { parsePageInput } from "../../../src/web/page_commands.ts";
import { type FilledForm, moderationCommand } from "../../../src/web/panels/moderation_form.ts";

const FORM: FilledForm = { name: "eve", room: "lobby", seconds: undefined, also: undefined, reason: "" };

Deno.test("each form of a moderator sends the command that the same typed line sends", () => {
  const cases: [ModerationAct, Partial<FilledForm>, string][] = [
    ["mute", {}, "/mute eve"],
    ["mute", { seconds: 600, room: undefined, reason: " too  loud " }, "/mute eve 10m -all too loud"],
    ["kick", { reason: "enough" }, "/kick eve enough"],
    ["ban", { seconds: 7_200, reason: "spam" }, "/ban eve 2h spam"],
    ["ban", { also: "network", room: undefined }, "/ban eve -network -all"],
    ["allow", {}, "/allow eve"],
    ["allow", { room: undefined }, "/allow eve -all"],
    ["appoint", {}, "/mod eve"],
    ["dismiss", { room: undefined }, "/mod eve off -all"],
  ];
  for (const [act, fields, line] of cases) {
    const typed = parsePageInput(line, () => ({ room: "lobby" }));
    assertEquals({ type: "ask", command: moderationCommand(act, { ...FORM, ...fields }) }, typed, line);
  }
});

Deno.test("a reason may look like a time or an option, and one that is too long is refused", () => {
  const reason = "2h of -all caps";
  assertEquals(moderationCommand("mute", { ...FORM, reason }), {
    type: "mute",
    name: "eve",
    room: "lobby",
    seconds: undefined,
    reason,
  });
  assertThrows(
    () => moderationCommand("kick", { ...FORM, reason: "x".repeat(2_000) }),
    Error,
    "The reason is too long",
  );
});
