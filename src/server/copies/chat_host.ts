import type { SessionId } from "../../core/effect.ts";
import type { HistoryStore } from "../../history/store.ts";
import type { Peer } from "../connection/peer.ts";
import type { CopyAccess } from "./copy_access.ts";
import { CopyDesk, type CopyDeskOptions } from "./copy_desk.ts";
import { HostAnswers } from "./host_answers.ts";
import { HostList } from "./host_list.ts";
import type { HostedOptions } from "./hosted_options.ts";

/** The part of the hub that hosting needs. */
export interface HostedHub extends CopyAccess {
  isOwner(session: SessionId): boolean;
  memberOf(session: SessionId): string | undefined;
}

export interface ChatHostOptions
  extends Pick<CopyDeskOptions, "names" | "monotonic" | "shown" | "guard" | "settle" | "log"> {
  /** Absent for a chat that is not shared. */
  readonly hosted: HostedOptions | undefined;
  readonly history: HistoryStore;
  readonly hub: HostedHub;
  readonly peers: ReadonlyMap<SessionId, Peer>;
}

/** The parts of a server that make it the host of a shared chat. Of any other chat there are only the answers that say so. */
export class ChatHost {
  readonly copies: CopyDesk | undefined;
  readonly answers: HostAnswers;
  readonly #list: HostList | undefined;

  constructor({ hosted, history, hub, peers, ...parts }: ChatHostOptions) {
    const copies = this.copies = hosted && new CopyDesk({ hosted, history, access: hub, ...parts });
    const answers = this.answers = new HostAnswers(
      copies && hosted && {
        ...{ hosted, chat: history.serverId },
        copies: () => copies.currentCopies,
        isOwner: (session) => hub.isOwner(session),
      },
    );
    const hasJoined = (session: SessionId) => hub.memberOf(session) !== undefined;
    this.#list = hosted && new HostList({ peers, hosts: () => answers.hosts, hasJoined });
  }

  /** Called once a second. */
  tick(): void {
    this.copies?.tick();
    this.#list?.tick();
  }
}
