/** Times in the reader's time zone. */

/** Formats times in RFC 3339. An invalid time becomes `--:--` or `an unknown day`. */
export interface Times {
  /** `12:03` */
  time(at: string): string;
  /** `Friday 21 November 2025` */
  day(at: string): string;
  /** `12:03 on Friday 21 November 2025` */
  moment(at: string): string;
}

/** Minutes that one cache keeps: formatting is slow, and messages that arrive together share a minute. */
const CACHED_MINUTES = 512;
const MINUTE_CHARS = "2025-11-21T12:03".length;

/** Creates the formats of a time zone: an IANA name, or the machine's zone if omitted. */
export function createTimes(timeZone?: string): Times {
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
  const day = new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone,
  });
  const times = { time: byMinute(time, "--:--"), day: byMinute(day, "an unknown day") };
  return { ...times, moment: (at) => `${times.time(at)} on ${times.day(at)}` };
}

function byMinute(format: Intl.DateTimeFormat, unknown: string): (at: string) => string {
  const cache = new Map<string, string>();
  return (at) => {
    // The first characters determine the minute only in UTC.
    const key = at.endsWith("Z") ? at.slice(0, MINUTE_CHARS) : at;
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    const ms = Date.parse(at);
    const text = Number.isNaN(ms) ? unknown : format.format(ms);
    if (cache.size >= CACHED_MINUTES) cache.clear();
    if (key.length <= 40) cache.set(key, text);
    return text;
  };
}
