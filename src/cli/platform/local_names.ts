/**
 * `HOSTNAME.local` in lower case, the name by which others on the network find this machine (RFC 6762).
 * Empty where the machine has no name of its own, or Deno may not ask for it: the user is not asked for the right.
 */
export function ownLocalNames(): string[] {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? localNames(Deno.hostname()) : [];
}

/** The host name may be longer, such as `Ada-MacBook.local` or `ada.example.org`: the system announces its first label. */
export function localNames(hostname: string): string[] {
  const label = hostname.split(".", 1)[0]!.toLowerCase();
  // "localhost" is the same on every machine, so others may announce "localhost.local".
  return /^[\p{L}\p{N}_-]+$/u.test(label) && label !== "localhost" ? [`${label}.local`] : [];
}
