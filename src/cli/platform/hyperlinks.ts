/** VTE takes them since 0.50. */
const VTE_SINCE = 5_000;
const PROGRAMS = new Set(["iterm.app", "wezterm", "vscode", "ghostty", "rio", "mintty", "tabby", "hyper"]);
const TERMINALS = /^(xterm-kitty|xterm-ghostty|alacritty|foot|contour|wezterm)/;

/** Whether the terminal is known to take links as OSC 8; what it would make of them otherwise nobody knows. */
export function takesHyperlinks(variable: (name: string) => string | undefined): boolean {
  const program = variable("TERM_PROGRAM")?.toLowerCase() ?? "";
  if (program === "tmux") return Number.parseFloat(variable("TERM_PROGRAM_VERSION") ?? "") >= 3.4;
  if (PROGRAMS.has(program) || TERMINALS.test(variable("TERM") ?? "")) return true;
  if (variable("WT_SESSION") !== undefined || variable("KONSOLE_VERSION") !== undefined) return true;
  return Number(variable("VTE_VERSION")) >= VTE_SINCE;
}
