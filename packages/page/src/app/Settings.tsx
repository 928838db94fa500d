import { useContext, useState } from "react";
import { type Language, languages, speak } from "../i18n/spoken.ts";
import { useText } from "../i18n/text.ts";
import { kept } from "./kept.ts";
import { SpeakContext } from "./speak-context.ts";
import { chooseTheme, theme, type Theme, themes } from "./theme.ts";
import css from "./Settings.module.css";

/** Language and appearance. */
export function Settings() {
  const t = useText();
  const heard = useContext(SpeakContext);
  const [chosen, setChosen] = useState(theme);
  return (
    <div className={css.settings}>
      <select
        aria-label={t.language}
        value={t.spoken}
        onChange={({ target }) => {
          const language = target.value as Language;
          kept.language.set(language);
          void speak(language).then(heard);
        }}
      >
        {Object.entries(languages).map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={t.theme.label}
        value={chosen}
        onChange={({ target }) => {
          const next = target.value as Theme;
          setChosen(next);
          chooseTheme(next);
        }}
      >
        {themes.map((each) => (
          <option key={each} value={each}>
            {t.theme[each]}
          </option>
        ))}
      </select>
    </div>
  );
}
