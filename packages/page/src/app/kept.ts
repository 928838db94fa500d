/** What this browser remembers of how somebody likes the page. A browser that keeps nothing is no reason to fail. */

/** One remembered text. */
export interface Kept {
  readonly get: () => string | null;
  readonly set: (value: string) => void;
}

const keep = (name: string): Kept => ({
  get() {
    try {
      return localStorage.getItem(`natster.${name}`);
    } catch {
      return null;
    }
  },
  set(value) {
    try {
      localStorage.setItem(`natster.${name}`, value);
    } catch {
      // Not remembered, then.
    }
  },
});

export const kept = {
  language: keep("language"),
  theme: keep("theme"),
  view: keep("view"),
  seen: keep("seen"),
  names: keep("names"),
  /** Which account's keys somebody has taken a copy of. */
  copied: keep("copied"),
} as const;
