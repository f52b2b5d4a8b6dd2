/** Offers files, uploads them or loses them on the way, and sends them. */

import type { MessageFile, ServerEvent } from "../../src/protocol/messages/messages.ts";
import type { ActivityHost, ClientActivity } from "./client_activity.ts";

const MEDIA = "text/plain";

export class ClientFiles implements ClientActivity {
  readonly #host: ActivityHost;
  /** Offers without an answer, by their `ref`. */
  readonly #offered = new Map<string, { readonly room: string; readonly name: string; readonly size: number }>();
  /** The file that was sent last: a second message with it must be refused. */
  #sent: MessageFile | undefined;
  #count = 0;

  constructor(host: ActivityHost) {
    this.#host = host;
  }

  act(room: string): void {
    const { random, counts, id } = this.#host;
    if (this.#sent !== undefined && random.next() < 0.2) {
      counts.add("file sent again");
      this.#host.say({ type: "message", room, text: `again ${this.#sent.id}`, file: this.#sent });
      return;
    }
    // Some are larger than a file may be, or than the space that is left.
    const size = random.between(1, 1_100);
    const name = `file ${++this.#count} of ${id}`;
    const used = { all: random.next() < 0.1 ? 1e9 : 0, ofMember: 0 };
    counts.add("file offered");
    const ref = this.#host.say({ type: "offer", room, name, size, token: `slot ${name}`, used });
    this.#offered.set(ref, { room, name, size });
  }

  take(event: ServerEvent): void {
    if (event.type === "error" && event.ref !== undefined) this.#offered.delete(event.ref);
    if (event.type !== "slot" || event.ref === undefined) return;
    const offer = this.#offered.get(event.ref);
    if (offer === undefined) return;
    this.#offered.delete(event.ref);
    const { time, random } = this.#host;
    time.after(random.between(10, 3_000), () => this.#upload(event.id, offer));
  }

  /** The upload is over, at whichever server the client is then. */
  #upload(id: string, { room, name, size }: { readonly room: string; readonly name: string; readonly size: number }) {
    const { random, counts, time } = this.#host;
    const fate = random.next();
    if (fate < 0.15) return counts.add("upload lost");
    if (fate < 0.25) {
      if (this.#host.submit({ op: "cancelUpload", id, hasBytes: fate < 0.2 })) counts.add("upload cancelled");
      return;
    }
    const sha256 = `sha256 of ${name}`;
    if (!this.#host.submit({ op: "uploaded", id, found: { sha256, media: MEDIA } })) {
      return counts.add("upload cut off");
    }
    counts.add("upload complete");
    // Other bytes for the same slot are dropped.
    if (fate < 0.35) this.#host.submit({ op: "uploaded", id, found: { sha256: `other ${sha256}`, media: MEDIA } });
    if (fate > 0.9) return counts.add("upload never sent");
    time.after(random.between(300, 2_000), () => {
      this.#sent = { id, name, size, media: MEDIA, sha256 };
      this.#host.post(room, this.#sent);
    });
  }

  end(): void {
    this.#offered.clear();
  }
}
