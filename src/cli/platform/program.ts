/** A variable of the environment, or undefined: where Deno would have to ask for the right to read it, it is left alone. */
export function readVariable(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
