import { HAS_TMUX, serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Tmux } from "../helpers/tmux.ts";

Deno.test({
  name: "/away shows in the own prompt and in the lists of another terminal, until /back (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using ada = await Tmux.open();
    await using bob = await Tmux.open();
    for (const [terminal, name] of [[ada, "ada"], [bob, "bob"]] as const) {
      await terminal.enter(`clear; confab connect ${server.address} --name ${name}`);
      await terminal.until(/Ctrl-D quits[^]*>$/);
    }
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
