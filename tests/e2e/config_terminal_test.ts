import { assert, assertStringIncludes } from "@std/assert";
import { HAS_TMUX, serve } from "../helpers/e2e.ts";
import { Tmux } from "../helpers/tmux.ts";

const FILE = '"$XDG_CONFIG_HOME/confab/config.json"';

Deno.test({
  name: "settings from the file apply at the next start, and so do those that /set stores (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using terminal = await Tmux.open({ columns: 160, rows: 30 });
    const connect = async () => {
      await terminal.enter(`clear; confab connect ${server.address}`);
      return await terminal.until(/Ctrl-D quits[^]*>$/);
    };
    const config =
      '{"name": "eve", "room": ["ops"], "themes": {"t": {"name": "32"}}, "keys": {"undo": "C-o"}, "fld": 1}';
    await terminal.enter(`mkdir -p "$XDG_CONFIG_HOME/confab"; echo '${config}' >${FILE}`);
    const screen = await connect();
    assert(screen.includes("You are eve in #ops"), screen);
    assert(screen.includes('unknown key "fld": did you mean "fold"?'), screen);
    await terminal.type("some words");
    await terminal.press("C-a", "C-k", "C-o");
    await terminal.untilPrompt("#ops> some words");
    await terminal.press("C-c");
    await terminal.enter("/set -keep theme t");
    await terminal.until("* theme is t, stored in ");
    await terminal.enter("/quit");
    await terminal.until(/\$ ?$/);
    await terminal.enter(`clear; ls -l ${FILE} | cut -c1-10; grep -c '"fld": 1' ${FILE}`);
    await terminal.until(/^-rw-------\n1$/m);
    await connect();
    assertStringIncludes(await terminal.colors(), "\x1b[38;5;32meve");
    await terminal.enter("/set theme");
    await terminal.until("* theme is t: ");
    await terminal.enter("/quit");
    await terminal.until(/\$ ?$/);
  },
});
