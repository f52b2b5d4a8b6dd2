import type { CallAction } from "../../presentation/commands/slash_input.ts";

/** What a user of the page does about calls. The command `/decline` is one of files as well. */
export type PageCallAction = CallAction | { readonly do: "decline" };
