import { assertEquals } from "@std/assert";
import type { JoinedEvent, MemberInfo } from "../../../src/protocol/messages/messages.ts";
import { accountMenu, memberMenu, serverRole } from "../../../src/web/model/menus.ts";
import { ADA, joined, YOU } from "../../terminal/memory_terminal.ts";
import { PageStage } from "../page_stage.ts";

/** A room in which the user has this role. */
function enteredAs(role: MemberInfo["role"]): PageStage {
  const stage = new PageStage();
  const room = joined("lobby") as JoinedEvent;
  stage.receive({
    ...room,
    members: room.members.map((member) => member.id === YOU.id ? { ...member, role } : member),
  });
  return stage;
}

function actsOn(stage: PageStage, member: MemberInfo): string[] {
  return memberMenu(stage.chat, member).flatMap(({ action }) => action.type === "moderation" ? [action.act] : []);
}

Deno.test("only moderators of the open room may act on its members, and give or take the role", () => {
  assertEquals(actsOn(enteredAs(undefined), ADA), []);
  const stage = enteredAs("moderator");
  assertEquals(actsOn(stage, ADA), ["mute", "kick", "ban", "allow", "appoint"]);
  assertEquals(actsOn(stage, { ...ADA, role: "moderator" }), ["mute", "kick", "ban", "allow", "dismiss"]);
  assertEquals(actsOn(stage, { ...ADA, role: "owner" }), ["mute", "kick", "ban", "allow"]);
  stage.chat.select(stage.chat.conversations.openDirect(ADA));
  assertEquals(actsOn(stage, ADA), []);
});

Deno.test("the server is asked for the role of a user who moderates a room, and invites are for those who moderate all", async () => {
  const plain = enteredAs(undefined);
  assertEquals(await serverRole(plain.chat), undefined);
  const stage = enteredAs("moderator");
  const opens = (role: Awaited<ReturnType<typeof serverRole>>) =>
    accountMenu(stage.chat.state, role).some(({ action }) => action.type === "invites");
  const answers = [undefined, "moderator"] as const;
  for (const [index, role] of answers.entries()) {
    const asked = serverRole(stage.chat);
    assertEquals(stage.client.asked.at(-1), { type: "whois", name: "zoe", ref: `panel ${index + 1}` });
    stage.receive({ type: "whois", ref: `panel ${index + 1}`, member: { ...YOU, role }, rooms: [] });
    assertEquals([await asked, opens(await asked)], [role, role !== undefined]);
  }
  stage.receive({ type: "authenticated", role: "owner" });
  assertEquals([await serverRole(stage.chat), opens("owner")], ["owner", true]);
});

Deno.test("the menu of a member calls them, if the server has calls", () => {
  const { chat } = enteredAs(undefined);
  const lines = () => memberMenu(chat, ADA).flatMap(({ action }) => action.type === "line" ? [action.line] : []);
  assertEquals(lines().includes("/call ada"), false);
  chat.maxCallMembers = 4;
  assertEquals(lines().includes("/call ada"), true);
});
