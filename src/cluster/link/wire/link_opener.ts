import { LINK_PROOF_MS } from "../../../protocol/limits.ts";
import type { FrameChannel, FrameSink, LinkNote } from "../../../server/links/server_links.ts";
import { LinkFault } from "./link_fault.ts";
import type { LinkRequest } from "./link_frames.ts";
import type { AnswerSource } from "./answer_sender.ts";
import { type RandomBytes, SealedChannel } from "./sealed_channel.ts";
import type { ClusterSecret, LinkRole } from "./sealed_frames.ts";
import { ClusterLink, type LinkClock } from "./cluster_link.ts";

/** The parts that all links of a server share. */
export interface LinkParts {
  readonly secret: ClusterSecret;
  readonly random: RandomBytes;
  readonly clock: LinkClock;
  readonly serve: (request: LinkRequest, link: ClusterLink) => Promise<AnswerSource>;
  readonly note: (note: LinkNote, link: ClusterLink) => void;
}

export interface LinkOpening {
  readonly channel: FrameChannel;
  readonly role: LinkRole;
  /** Incarnations: of this server, and of the one that is dialed. 0 if it is not in the cluster yet, or any is meant. */
  readonly own: number;
  readonly expected?: number;
  /** Called when the other end has proved the key, before this end does. Throws a `LinkFault` to refuse it. */
  readonly admit?: ((other: number) => void) | undefined;
  /** Called in the same turn in which both ends have proved the key. */
  readonly proven?: ((link: ClusterLink) => void) | undefined;
}

/** A link that is being opened: the sink of its frames, and the link once it is proven. */
export interface OpeningLink {
  readonly sink: FrameSink;
  /** Resolves with the link. Rejects with a `LinkFault` if there is no proof in time. */
  readonly link: Promise<ClusterLink>;
  /** Gives up. Does nothing after the end. */
  close(): void;
}

/** Makes a link of a channel. The caller passes the frames of the channel on to `sink`. */
export function openClusterLink(
  parts: LinkParts,
  { channel, role, own, expected = 0, admit, proven }: LinkOpening,
): OpeningLink {
  const opened = Promise.withResolvers<ClusterLink>();
  opened.promise.catch(() => {});
  const inTime = new AbortController();
  let link: ClusterLink | undefined;
  const sealed = new SealedChannel({
    ...{ channel, role, own, expected, admit, secret: parts.secret, random: parts.random },
    proven: (other) => {
      inTime.abort();
      link = new ClusterLink({
        ...{ other, clock: parts.clock, serve: parts.serve, note: parts.note },
        write: (frame) => sealed.send(frame),
        close: (fault) => sealed.end(fault),
      });
      proven?.(link);
      opened.resolve(link);
    },
    received: (frame) => link!.take(frame),
    ended: (fault) => {
      inTime.abort();
      link?.ended(fault);
    },
    settled: (fault) => {
      link?.settled(fault);
      opened.reject(fault);
    },
  });
  const late = new LinkFault("silent", "The other end has not proved in time that it has the cluster's key");
  parts.clock.after(LINK_PROOF_MS, () => sealed.end(late), inTime.signal);
  return { sink: sealed, link: opened.promise, close: () => sealed.ended() };
}
