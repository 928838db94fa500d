/** Light or dark: as the device has it, unless it was chosen here. */
import { kept } from "./kept.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const theme = (): Theme => themes.find((each) => each === kept.theme.get()) ?? "system";

export function chooseTheme(chosen: Theme): void {
  kept.theme.set(chosen);
  applyTheme();
}

/** Shows what was chosen. */
export function applyTheme(): void {
  document.documentElement.dataset["theme"] = theme();
}
