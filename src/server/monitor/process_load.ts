import process from "node:process";

/** From this part of a core on, all of it is taken: what is missing are the moments in which the disk is waited for. */
const TAKEN_SHARE = 0.8;

/** Tells whether this process has taken all of a core since it was last asked. Both arguments give milliseconds since whenever. */
export function watchCore(used = usedMs, now = () => performance.now()): () => boolean {
  let [lastUsed, last] = [used(), now()];
  return () => {
    const [newUsed, newNow] = [used(), now()];
    const isTaken = newUsed - lastUsed > TAKEN_SHARE * (newNow - last);
    [lastUsed, last] = [newUsed, newNow];
    return isTaken;
  };
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
