import config from "../../deno.json" with { type: "json" };

/** With what the task of that name runs the program: rights and settings of the engine. */
export function flagsOf(task: string | undefined): string[] {
  const tasks: Record<string, { readonly command: string }> = config.tasks;
  const [before] = tasks[task ?? ""]?.command.split(" main.ts ") ?? [];
  return before?.split(" ").filter((word) => word.startsWith("--")) ?? [];
}
