import { assertEquals } from "@std/assert";
import { HAS_TMUX, serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Tmux } from "../helpers/tmux.ts";

async function connect(terminal: Tmux, address: string, name: string): Promise<void> {
  await terminal.enter(`clear; confab connect ${address} --name ${name}`);
  await terminal.until(/Ctrl-D quits[^]*>$/);
}

Deno.test({
  name: "/away shows in the own prompt and in the lists of another terminal, until /back (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using ada = await Tmux.open();
    await using bob = await Tmux.open();
    await connect(ada, server.address, "ada");
    await connect(bob, server.address, "bob");
    await using kim = await Peer.join(server.address, "kim");
    await ada.enter("/away  lunch,  back at one");
    await ada.until(/^\* You are away: lunch, back at one \(\/back ends it\)\n#lobby \(away\)>$/m);
    await kim.next({ type: "away" });
    await bob.enter("/who");
    await bob.until("* 3 in #lobby: @ada (away: lunch, back at one), bob, kim (@ moderates)");
    await bob.enter("/whois ada");
    await bob.until(/^ {2}Away since .+: lunch, back at one$/m);
    await ada.enter("still reading");
    await ada.until(/ada: still reading\n#lobby \(away\)>$/);
    await ada.enter("/away");
    await ada.until(/^\* You are back\n#lobby>$/m);
    await ada.enter("/away");
    await ada.until(/^\* You are away \(\/back ends it\)\n#lobby \(away\)>$/m);
    await ada.enter("/back");
    await ada.until(/^\* You are back\n#lobby>$/m);
  },
});

Deno.test({
  name: "who is typing shows in another terminal's row of the prompt, until the message is there (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using ada = await Tmux.open();
    await using bob = await Tmux.open();
    await connect(ada, server.address, "ada");
    await connect(bob, server.address, "bob");
    await ada.until(/bob joined\n#lobby>$/);
    await bob.type("half a line");
    await ada.until(/^#lobby> {2,}bob is typing…$/m);
    await ada.type("mine");
    const screen = await ada.until(/^#lobby> mine {2,}bob is typing…$/m);
    assertEquals(screen.split("\n").at(-1)!.length, 79);
    assertEquals(await ada.state("cursor_x"), String("#lobby> mine".length));
    await bob.until(/^#lobby> half a line {2,}ada is typing…$/m);
    await bob.press("Enter");
    await ada.until(/bob: half a line\n#lobby> mine$/);
    // Nothing more is heard of ada, who writes no further.
    await bob.until(/^#lobby>$/m);
  },
});
