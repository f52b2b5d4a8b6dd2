/** Files that go straight to another member, or come from one: offers, and their answers. */

import type { StraightOffer } from "../../client/direct/straight_offers.ts";
import { StraightTransfers } from "../../client/direct/straight_transfers.ts";
import type { FileTransfers } from "../../client/files/file_transfers.ts";
import type { Client } from "../../client/client.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { fileText } from "../../presentation/sentences/file_text.ts";
import { MAX_TRANSFERS } from "../../protocol/limits.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { FileSetup } from "./local_files.ts";
import { openFileSources } from "./file_sources.ts";

export interface StraightFilesOptions {
  readonly setup: FileSetup;
  readonly client: () => Pick<Client, "command" | "ignored">;
  readonly transfers: FileTransfers;
  readonly say: (text: string) => void;
  /** Tells how a transfer has failed. */
  readonly ended: (error: unknown, what: string) => void;
}

export class StraightFiles {
  readonly #options: StraightFilesOptions;
  readonly #straight: StraightTransfers | undefined;
  /** The numbers under which offers were shown, by id. */
  readonly #numbers = new WeakMap<StraightOffer, number>();
  #count = 0;

  constructor(options: StraightFilesOptions) {
    this.#options = options;
    const { setup: { straight: ports, makeHash, clock }, client, transfers } = options;
    if (ports === undefined) return;
    const newId = () => crypto.randomUUID();
    const [offered, withdrawn] = [this.#offered.bind(this), this.#withdrawn.bind(this)];
    this.#straight = new StraightTransfers({ client, transfers, ports, makeHash, clock, newId, offered, withdrawn });
  }

  /** Takes the events of the client before the listener. */
  following(listener: ClientListener): ClientListener {
    return this.#straight?.following(listener) ?? listener;
  }

  /** Offers files to a member. Throws an Error for users; what takes time is told later. */
  send(name: string, paths: readonly string[]): void {
    const { setup: { local }, say } = this.#options;
    if (this.#straight === undefined) throw new Error("Files go by the server only here");
    if (paths.length > MAX_TRANSFERS) throw new Error(`Send at most ${MAX_TRANSFERS} files at once`);
    for (const source of openFileSources(paths, local)) {
      this.#straight.send(source, name).then(
        () => say(sanitizeLine(`${name} has received ${source.name}`)),
        (error) => this.#options.ended(error, `${source.name} was not sent to ${name}`),
      );
    }
  }

  /** Takes an offer; the newest one without a number. `path` is where to save it; empty for the downloads. */
  accept(number: number | undefined, path: string): void {
    const { setup: { local }, say, ended } = this.#options;
    const offer = this.#find(number);
    const openSink = (sha256: string) => local.openSink({ name: offer.name, sha256 }, path === "" ? undefined : path);
    this.#straight!.accept(offer, openSink).then(
      (saved) => say(sanitizeLine(`${offer.name} is saved: ${saved}`)),
      (error) => ended(error, `${offer.name} was not saved`),
    );
  }

  decline(number: number | undefined): void {
    const offer = this.#find(number);
    this.#straight!.decline(offer);
    this.#options.say(sanitizeLine(`Declined: ${offer.name} of ${offer.from.name}`));
  }

  stop(): void {
    this.#straight?.stop();
  }

  #find(number: number | undefined): StraightOffer {
    const offers = this.#straight?.offers ?? [];
    const found = number === undefined ? offers.at(-1) : offers.find((offer) => this.#numbers.get(offer) === number);
    if (found !== undefined) return found;
    throw new Error(
      number === undefined ? "There is no offer of a file" : `There is no offer ${number}, or it has ended`,
    );
  }

  #offered(offer: StraightOffer): void {
    if (this.#options.client().ignored.has(offer.from)) return this.#straight!.forget(offer);
    const number = ++this.#count;
    this.#numbers.set(offer, number);
    const what = `${offer.from.name} offers you ${fileText(offer)}, straight from their machine`;
    this.#options.say(sanitizeLine(`${what}: /accept ${number} saves it, /decline ${number} refuses`));
  }

  #withdrawn({ from, name }: StraightOffer): void {
    this.#options.say(sanitizeLine(`${from.name} has taken back the offer of ${name}`));
  }
}
