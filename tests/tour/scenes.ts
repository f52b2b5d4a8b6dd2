/** The scenes of the tour: what users type, and what they wait for. */

import type { Stage } from "./stage.ts";

export interface Scene {
  readonly name: string;
  /** Shown above the terminals while the scene plays. */
  readonly caption: string;
  readonly play: (stage: Stage) => Promise<void>;
}

/** The scene whose end is shown if the viewer turned animations off, because it shows most. */
export const STILL = "changes";

/** The log goes to a file, because the tour does not show it. */
const SERVE = "confab serve --title Workshop --log-file log";

export const SCENES: readonly Scene[] = [
  {
    name: "start",
    caption: "One file hosts a chat and joins it. Nobody needs an account.",
    async play({ host, desks: { server, ada, bob } }) {
      await server.says(SERVE, /Join with/);
      await server.rests(600);
      await ada.says(`confab connect ${host} --name ada`, /#lobby>$/);
      await bob.says(`confab connect ${host} --name bob`, /#lobby>$/);
      await ada.reads("bob joined");
      await bob.rests(800);
    },
  },
  {
    name: "typing",
    caption: "Type while others write: your line stays in place, and your name is marked.",
    async play({ desks: { ada, bob } }) {
      await bob.types("Good morning! Two tes");
      await ada.says("bob, is the demo ready?");
      await bob.reads("demo ready?\n#lobby> Good morning! Two tes");
      await bob.rests(1200);
      await bob.types("ts to go.");
      await bob.sends("bob: Good morning!");
      await ada.reads("to go.");
      await bob.rests(600);
    },
  },
  {
    name: "nc",
    caption: "No Confab? Join with nc.",
    async play({ host, desks: { ada, bob, mia } }) {
      await mia.says(`nc ${host.replace(":", " ")}${host.includes(":") ? "" : " 5050"}`, "name?");
      await mia.says("mia", "You are mia");
      await mia.says("Hi! I have nothing but nc.", "nc.");
      await ada.reads("but nc.");
      await bob.reads("but nc.");
      await bob.rests(1000);
    },
  },
  {
    name: "changes",
    caption: "Reply to a message, react to it, edit your own, delete it.",
    async play({ desks: { ada, bob, mia } }) {
      await bob.says("/reply mia Welcome! That is enuogh.", ": Welcome!");
      await ada.reads(": Welcome!");
      await ada.says("/react :wave:", "👋");
      await bob.reads("👋");
      await mia.reads("👋");
      await bob.says("/edit Welcome! That is enough.", "edited message 4");
      await ada.reads("edited message 4");
      await mia.reads("edited");
      await ada.says("git push");
      await bob.reads("git push");
      await ada.rests(500);
      await ada.says("/delete", "ada deleted");
      await bob.reads("ada deleted");
      await ada.rests(1800);
    },
  },
  {
    name: "completion",
    caption: "Tab completes names, rooms, commands and emoji.",
    async play({ desks: { ada, bob } }) {
      await ada.types("Lunch at noon? :piz");
      await ada.presses("Tab");
      await ada.rests(600);
      await ada.types("or :su");
      await ada.presses("Tab", "Tab", "BTab");
      await ada.rests(600);
      await ada.sends("ada: Lunch");
      await bob.reads("Lunch at noon?");
    },
  },
  {
    name: "paste",
    caption: "Pasted text is one message.",
    async play({ desks: { ada, bob } }) {
      await bob.pastes("```\nfor test in tests:\n    test.run()\n```");
      await bob.rests(900);
      await bob.sends(/ {8}│ for test in tests:/);
      await ada.reads("test.run()");
      await ada.rests(1000);
    },
  },
  {
    name: "rooms",
    caption: "Be in many rooms: the prompt counts what is new, and Alt with a digit goes there.",
    async play({ desks: { ada, bob } }) {
      await ada.says("/join build", "#build>");
      await bob.says("The pizza is here.");
      await ada.reads("[1 #lobby 1]");
      await bob.says("Come, ada!");
      await ada.reads("[1 #lobby 2 @1]");
      await ada.rests(1500);
      await ada.presses("M-1");
      await ada.reads("#lobby>");
      await ada.rests(1200);
    },
  },
  {
    name: "loss",
    caption: "The server crashes. Go on typing: it is sent once the server is back.",
    async play(stage) {
      const { server, ada, bob } = stage.desks;
      await stage.crash();
      await ada.reads("Connection lost");
      await ada.says("Did we lose anything?", "… Did we lose anything?");
      await ada.rests(1200);
      await server.says(SERVE, /Killed[^]*Join with/);
      await ada.reads("ada: Did we lose anything?");
      await bob.reads("Did we lose anything?");
      await bob.says("No, nothing.");
      await ada.reads("No, nothing.");
      await ada.rests(1200);
    },
  },
  {
    name: "search",
    caption: "Everything is kept. Find it again.",
    async play({ desks: { ada } }) {
      await ada.says("/search from:bob tests", "--- end ---");
      await ada.rests(3500);
    },
  },
];
