import config from "../../deno.json" with { type: "json" };

/** Returns the permissions and V8 flags of the task with this name. */
export function flagsOf(task: string | undefined): string[] {
  const tasks: Record<string, { readonly command: string }> = config.tasks;
  const [before] = tasks[task ?? ""]?.command.split(" main.ts ") ?? [];
  return before?.split(" ").filter((word) => word.startsWith("--")) ?? [];
}
