/** What an operator does with the machines of etcd. */

import { pause } from "../pace.ts";

/** How long a machine that is cut off is waited for. */
const ANSWER_MS = 2_000;
const MEND_MS = 60_000;

type Answer = Record<string, unknown>;

interface Alarm {
  readonly memberID: string;
  readonly alarm: string;
}

/** `urls` are those for clients, of all machines. */
export class EtcdControl {
  readonly #urls: readonly string[];

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  /** The machine that leads; `undefined` if none says so. */
  async leader(): Promise<number | undefined> {
    const answers = await Promise.all(
      this.#urls.map((url) => call(url, "/v3/maintenance/status").catch(() => undefined)),
    );
    const at = answers.findIndex((answer) => answer !== undefined && answer.leader === memberOf(answer));
    return at < 0 ? undefined : at;
  }

  /** Raises the alarm of a full database: etcd writes nothing until an operator has ended it. Returns whether it did. */
  async raiseFull(): Promise<boolean> {
    for (const url of this.#urls) {
      try {
        const memberID = memberOf(await call(url, "/v3/maintenance/status"));
        await call(url, "/v3/maintenance/alarm", { action: "ACTIVATE", memberID, alarm: "NOSPACE" });
        return true;
      } catch {
        // Another machine may have a majority.
      }
    }
    return false;
  }

  /** Frees space and ends all alarms, as the manual of etcd says. Rejects if no machine does so within a minute. */
  async mendFull(): Promise<void> {
    let failure: unknown;
    for (const end = Date.now() + MEND_MS; Date.now() < end;) {
      for (const url of this.#urls) {
        try {
          return await this.#mendFullBy(url);
        } catch (error) {
          failure = error;
        }
      }
      await pause(100);
    }
    throw new Error("The alarm of etcd cannot be ended", { cause: failure });
  }

  async #mendFullBy(url: string): Promise<void> {
    const { header } = await call(url, "/v3/kv/range", { key: btoa("/"), keys_only: true });
    const { revision } = header as { revision: string };
    // The servers compact, too: it may have been compacted already.
    await call(url, "/v3/kv/compaction", { revision }).catch(() => {});
    await call(url, "/v3/maintenance/defragment");
    const { alarms = [] } = await call(url, "/v3/maintenance/alarm", { action: "GET" }) as {
      alarms?: readonly Alarm[];
    };
    for (const alarm of alarms) await call(url, "/v3/maintenance/alarm", { action: "DEACTIVATE", ...alarm });
  }
}

function memberOf({ header }: Answer): string {
  return (header as { member_id: string }).member_id;
}

async function call(url: string, path: string, body: unknown = {}): Promise<Answer> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body), signal });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}${path} answers ${response.status}: ${text}`);
  return JSON.parse(text);
}
