import { confab, HAS_NC, HAS_NCAT, HAS_TMUX, serve } from "../helpers/e2e.ts";
import { Program } from "../helpers/process.ts";
import { Tmux } from "../helpers/tmux.ts";

Deno.test({
  name: "nc, ncat, the terminal client and a pipe talk to each other in one room (needs nc, ncat and tmux)",
  ignore: !(HAS_NC && HAS_NCAT && HAS_TMUX),
  async fn() {
    await using server = await serve();
    const at = [server.host, String(server.port)];
    await using terminal = await Tmux.open();
    await terminal.enter(`confab connect ${server.address} --name ada`);
    await terminal.until("Ctrl-D quits");
    await using nc = new Program("nc", { args: at });
    await nc.type("bob\n");
    await nc.stdout.next("You are bob");
    await using ncat = new Program("ncat", { args: at });
    await ncat.type("eve\n");
    await ncat.stdout.next("You are eve");
    await using pipe = confab(["connect", server.address, "--name", "robot"]);
    await pipe.stdout.next("You are robot");

    await terminal.enter("from the terminal");
    await nc.stdout.next("ada: from the terminal");
    await ncat.stdout.next("ada: from the terminal");
    await pipe.stdout.next("ada: from the terminal");
    await nc.type("from nc\n");
    await ncat.stdout.next("bob: from nc");
    await pipe.stdout.next("bob: from nc");
    await terminal.until("bob: from nc");
    await ncat.type("from ncat\n");
    await nc.stdout.next("eve: from ncat");
    await pipe.stdout.next("eve: from ncat");
    await terminal.until("eve: from ncat");
    await pipe.type("from the pipe\n");
    await nc.stdout.next("robot: from the pipe");
    await ncat.stdout.next("robot: from the pipe");
    await terminal.until("robot: from the pipe");

    await pipe.endInput();
    await pipe.exit();
    await nc.stdout.next("robot left");
    await terminal.enter("/quit");
    await ncat.stdout.next("ada left");
    await server.stop();
  },
});
