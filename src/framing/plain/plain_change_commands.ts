import type { Decoded } from "../codec.ts";
import { type PlainCommand, required, type Speaker, splitFirstWord } from "./plain_command.ts";

/** Commands about what was said. Lines have no numbers here, so that each means the last one there is. */
export const PLAIN_CHANGE_COMMANDS: readonly PlainCommand[] = [
  { name: "reply", usage: "/reply NAME TEXT", help: "answer what they said last", run: reply },
  {
    name: "react",
    usage: "/react EMOJI",
    help: "put it to what somebody else said last",
    run: (argument, { post }) => post({ type: "react", emoji: required(argument, "/react EMOJI") }),
  },
  {
    name: "edit",
    usage: "/edit TEXT",
    help: "say what you said last in other words",
    run: (argument, { post }) => post({ type: "edit", text: required(argument, "/edit TEXT") }),
  },
  {
    name: "delete",
    usage: "/delete",
    help: "take back what you said last",
    run: (_, { post }) => post({ type: "delete" }),
  },
];

function reply(argument: string, { post }: Speaker): Decoded {
  const [name, text] = splitFirstWord(argument);
  return post({ type: "message", reply: name, text: required(text, "/reply NAME TEXT") });
}
