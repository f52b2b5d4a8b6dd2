import config from "../../deno.json" with { type: "json" };

/**
 * Returns the permissions of the task with this name, and the V8 flags of the executable, which are those of `start` for all
 * commands. Equal flags let all programs share V8's code cache: with others, each start compiles everything again.
 */
export function flagsOf(task: string | undefined): string[] {
  const isV8 = (word: string) => word.startsWith("--v8-flags=");
  return [...wordsOf("start").filter(isV8), ...wordsOf(task).filter((word) => !isV8(word))];
}

function wordsOf(task: string | undefined): string[] {
  const tasks: Record<string, { readonly command: string }> = config.tasks;
  const [before] = tasks[task ?? ""]?.command.split(" main.ts ") ?? [];
  return before?.split(" ").filter((word) => word.startsWith("--")) ?? [];
}
