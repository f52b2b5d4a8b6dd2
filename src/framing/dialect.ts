import { ProtocolError } from "../protocol/errors.ts";

/** The protocol of a connection. Its first line tells which. */
export type Dialect = "json" | "http" | "plain";

/** The end of a request line of any method and version. The version names the protocol: RTSP and SIP have such lines too. */
const HTTP_VERSION = /(^|\s)HTTP\/\S*$/i;

/** Detects the dialect of `first`, the first line or the whole head of a request. Ignores a byte order mark and blanks before it. */
export function detectDialect(first: string): Dialect {
  const [line] = first.trim().split("\n", 1);
  // Checked first: a page can choose the method of its requests, and none of them may be taken for a command.
  if (HTTP_VERSION.test(line!.trimEnd())) return "http";
  return line!.startsWith("{") ? "json" : "plain";
}

/** Removes the byte order mark that some programs send first. */
export function withoutMark(line: string): string {
  return line.startsWith("\ufeff") ? line.slice(1) : line;
}

interface OtherProtocol {
  readonly name: string;
  readonly begins: RegExp;
}

/**
 * First lines of other protocols, none of them a possible name. A web site can make a browser connect to this port, and mail
 * servers, printers and FTP servers can be told to connect to it: their lines must not be taken for chat.
 */
const OTHER_PROTOCOLS: readonly OtherProtocol[] = [
  // RFC 9112, RFC 7826 and RFC 3261 share the forms of request lines, status lines and headers.
  { name: "RTSP", begins: /^RTSP\/\d|\sRTSP\/\S*$/i },
  { name: "SIP", begins: /^SIP\/\d|\sSIP\/\S*$/i },
  { name: "HTTP", begins: /^HTTP\/|\sHTTP\/\S*$/i },
  { name: "HTTP", begins: /^[!#$%&'*+.^`|~\w-]+\s+(\/|\*$|https?:)/i },
  { name: "HTTP", begins: /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH)\s/ },
  { name: "SMTP", begins: /^(EHLO|HELO|LHLO)\s|^(MAIL FROM|RCPT TO):/i },
  { name: "HTTP or another protocol with headers", begins: /^[!#$%&'*+.^`|~\w-]+:/ },
  { name: "FTP, POP3 or IRC", begins: /^(USER|PASS)\s/i },
  { name: "FTP", begins: /^(ACCT|PORT|EPRT|RETR|STOR)\s/i },
  { name: "IRC", begins: /^(NICK|CAP)\s/i },
  { name: "IMAP", begins: /^[A-Z]{1,8}\d+ [A-Z]{2}/ },
  { name: "DICT", begins: /^CLIENT\s/i },
  { name: "the PROXY protocol", begins: /^PROXY\s/ },
  { name: "SSH", begins: /^SSH-\d/i },
  { name: "Redis", begins: /^\*\d+$/ },
  { name: "XML or HTML", begins: /^</ },
  { name: "a print job", begins: /^(%!|@PJL\b)/i },
];

/**
 * Sequences that reset a printer (PJL, PCL, ESC/P). Arrow keys of a terminal send other sequences: a name with those is
 * refused, and the user is asked again.
 */
const PRINTER_RESETS = ["\x1b%", "\x1bE", "\x1b@"];
const BACKSPACE = "\b";
const ESCAPE = "\x1b";

/** Throws `bad_frame`, which ends the connection, if a line in place of a name belongs to another protocol. */
export function refuseOtherProtocols(line: string): void {
  const name = protocolOf(line);
  if (name === undefined) return;
  throw new ProtocolError("bad_frame", `This looks like ${name}, not like a name: connect again and send a name first`);
}

function protocolOf(line: string): string | undefined {
  if (PRINTER_RESETS.some((reset) => line.includes(reset))) return "a print job";
  // Telnet sends NUL after a carriage return: RFC 854.
  const text = line.replaceAll("\0", "").trim();
  if (line.startsWith("\0") || !line.trimStart().startsWith(text) || hasControls(text)) return "a binary protocol";
  return OTHER_PROTOCOLS.find(({ begins }) => begins.test(text))?.name;
}

/** Whether the text has C0 controls other than those that keys of a terminal send. */
function hasControls(text: string): boolean {
  for (const char of text) {
    if (char < " " && char !== "\t" && char !== BACKSPACE && char !== ESCAPE) return true;
  }
  return false;
}
