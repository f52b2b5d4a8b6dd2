import { quote } from "../../protocol/text/names.ts";
import { DEFAULT_THEME, isStyle, PARTS, type Theme, THEME_NAME } from "../../terminal/render/theme.ts";

/** Theme → part → look. */
export type ChosenThemes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What is wrong is told to `fault` in a sentence, and is as in the default theme. */
export function themesOf(chosen: ChosenThemes, fault: (text: string) => void): Map<string, Theme> {
  const themes = new Map<string, Theme>();
  for (const [name, looks] of Object.entries(chosen)) {
    if (THEME_NAME.test(name)) themes.set(name, themeOf(name, looks, fault));
    else fault(`${quote(name)} is not a valid theme name: use up to 32 lowercase letters, digits and dashes`);
  }
  return themes;
}

function themeOf(name: string, looks: Readonly<Record<string, string>>, fault: (text: string) => void): Theme {
  const theme = { ...DEFAULT_THEME };
  for (const [given, look] of Object.entries(looks)) {
    const part = PARTS.find((part) => part === given);
    if (part === undefined) fault(`theme "${name}" has no part ${quote(given)}: the parts are ${PARTS.join(", ")}`);
    else if (!isStyle(part, look)) {
      fault(`theme "${name}": ${quote(look)} is not a style for "${part}": use for example "bold red"`);
    } else Object.assign(theme, { [part]: look });
  }
  return theme;
}
