/** Calls back with 1, 2, … at each signal that asks the program to end. Windows has fewer of them. */
export function onSignals(callback: (count: number) => void): void {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  let count = 0;
  for (const signal of signals) Deno.addSignalListener(signal, () => callback(++count));
}
