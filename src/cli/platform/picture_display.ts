import type { PictureDisplay } from "../../terminal/pictures/picture_lines.ts";

const KITTY = /^xterm-(kitty|ghostty)$/;
const ITERM = new Set(["iterm.app", "wezterm", "mintty"]);
const TRUE_COLOR_PROGRAMS = new Set(["vscode", "hyper", "tabby", "rio"]);

/**
 * How the terminal shows pictures, by the environment: an answer to a question would come too late, or as keys. A multiplexer
 * passes no graphics on, and knows colours.
 */
export function pictureDisplay(variable: (name: string) => string | undefined): PictureDisplay {
  const terminal = variable("TERM") ?? "";
  const program = variable("TERM_PROGRAM")?.toLowerCase() ?? "";
  const isMultiplexed = variable("TMUX") !== undefined || variable("STY") !== undefined ||
    /^(tmux|screen)/.test(terminal);
  if (!isMultiplexed) {
    if (KITTY.test(terminal) || variable("KITTY_WINDOW_ID") !== undefined || program === "ghostty") return "kitty";
    if (ITERM.has(program) || variable("LC_TERMINAL") === "iTerm2") return "iterm2";
  }
  const isTrueColor = /^(truecolor|24bit)$/.test(variable("COLORTERM") ?? "") || TRUE_COLOR_PROGRAMS.has(program);
  if (isTrueColor || variable("WT_SESSION") !== undefined) return "true";
  return terminal.includes("256color") ? "256" : "16";
}
