/** Two terminals of one person, linked by words that they compare. */

import { assertEquals } from "@std/assert";
import { assertUntroubled, HAS_TMUX, serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Tmux } from "../helpers/tmux.ts";

const SIZE = { columns: 100, rows: 46 };

function shown(screen: string, before: string): string {
  return new RegExp(`${before}(.*)$`, "m").exec(screen)?.[1]?.trim() ?? "";
}

Deno.test({
  name: "a second terminal becomes the member by the words of the first, after both show the same six (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve("--rate", "0");
    await using zoe = await Peer.join(server.address, "zoe");
    await using laptop = await Tmux.open(SIZE);
    await using other = await Tmux.open(SIZE);
    await laptop.enter(`confab connect ${server.address} --name ada`);
    await laptop.until("Ctrl-D quits");
    const { member: { id } } = await zoe.next({ type: "join" });
    await laptop.enter("/join dev");
    await laptop.until("You are ada in #dev");
    await laptop.enter("/link");
    const words = shown(await laptop.until("Its code in words:"), "Its code in words:");
    await other.enter(`confab connect ${server.address} --link "${words}"`);
    const compared = shown(await other.until("Compare:"), "the other device must show ");
    assertEquals(compared.split(" ").length, 6);
    assertEquals(shown(await laptop.until("wants to be you"), "it must show "), compared);
    await laptop.enter("/link yes");
    await laptop.until("The device is linked");
    await other.until("You are ada in #dev");
    await zoe.send({ type: "message", text: "hello both" });
    for (const terminal of [laptop, other]) {
      await terminal.enter("/room lobby");
      await terminal.until("zoe: hello both");
    }
    await other.enter("from the other one");
    assertEquals((await zoe.next({ type: "message", text: "from the other one" })).from.id, id);
    await laptop.until("ada: from the other one");
    // The new device comes back by its own key, without a code.
    await other.enter("/quit");
    await other.until(/^\$ ?$/m);
    await other.enter(`clear; echo again; confab connect ${server.address}`);
    await other.until(/^again[^]*You are ada in #lobby/m);
    await laptop.enter("/sessions");
    // The device that is here comes first: both are, and the sort keeps the order in which they were added.
    await laptop.until(/1\. Terminal on .* seen .*[^]*this one[^]*2\. Terminal on/);
    await laptop.enter("/sessions end 2");
    await other.until(/^\$ ?$/m);
    await other.enter(`confab connect ${server.address}`);
    await other.until("You are ada2 in #lobby");
    await laptop.enter("/quit");
    assertEquals((await zoe.next({ type: "leave" })).member.id, id);
    assertEquals(zoe.events.filter(({ type, member }) => type === "join" && member.id === id).length, 1);
    await server.stop();
    assertUntroubled(server.program.stderr.all.join("\n"));
  },
});

Deno.test({
  name: "a terminal that got another name, since a key owns its own, becomes that member by a code (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve("--memory");
    await using laptop = await Tmux.open(SIZE);
    await using other = await Tmux.open(SIZE);
    await laptop.enter(`confab connect ${server.address} --name ada`);
    await laptop.until("Ctrl-D quits");
    await laptop.enter("/quit");
    await laptop.until(/^\$ ?$/m);
    await other.enter(`confab connect ${server.address} --name ada`);
    await other.until(
      /Name "ada" belongs to a member with a key: link this device with \/link[^]*You are ada2 in #lobby/,
    );
    await other.enter("/quit");
    await other.until(/^\$ ?$/m);
    await laptop.enter(`clear; confab connect ${server.address} --name ada`);
    await laptop.until("You are ada in #lobby");
    await laptop.enter("/link");
    const words = shown(await laptop.until("Its code in words:"), "Its code in words:");
    await other.enter(`clear; confab connect ${server.address} --name ada --link "${words}"`);
    await laptop.until("wants to be you");
    await laptop.enter("/link yes");
    await other.until("You are ada in #lobby");
    await other.enter("/quit");
    await other.until(/^\$ ?$/m);
    await other.enter(`clear; echo again; confab connect ${server.address} --name ada`);
    await other.until(/^again[^]*You are ada in #lobby/m);
    await server.stop();
  },
});

Deno.test({
  name:
    "a wrong code and a refusal end the new terminal with the reason, and another code admits it to the same room (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve("--memory");
    await using laptop = await Tmux.open(SIZE);
    await using other = await Tmux.open(SIZE);
    await other.enter(`confab connect ${server.address} --link "otter lamp crane"`);
    await other.until("Wrong code, or one that has expired");
    await laptop.enter(`confab connect ${server.address} --name ada --room dev`);
    await laptop.until("Ctrl-D quits");
    await laptop.enter("/link");
    const words = shown(await laptop.until("Its code in words:"), "Its code in words:");
    await other.enter(`confab connect ${server.address} --link "${words}"`);
    await laptop.until("wants to be you");
    await laptop.enter("/link no");
    await other.until("The other device refused this one");
    await laptop.until("The device was refused");
    await laptop.enter("/link yes");
    await laptop.until("No device asks to be admitted");
    // A refused line stays in the prompt.
    for (const key of ["C-u", "C-l"]) await laptop.press(key);
    await other.enter("clear");
    await laptop.enter("/link");
    const more = shown(await laptop.until("Its code in words:"), "Its code in words:");
    await other.enter(`confab connect ${server.address} --link "${more}"`);
    await laptop.until("wants to be you");
    await laptop.enter("/link yes");
    await other.until(/#dev> ?$/);
    await server.stop();
  },
});
