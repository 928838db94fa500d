/** Completion for shells, from the commands themselves. */
import { commands, type Entry } from "../commands.ts";
import { globalOptions } from "../program.ts";

/** A word that can follow, and what it is. */
interface Word {
  readonly word: string;
  readonly help: string;
}

/** What can follow a command, and whether its arguments are catalogs. */
interface Following {
  readonly words: readonly Word[];
  readonly catalogs: boolean;
}

/** What can follow each command: `""` for `natster` itself, `"catalog"`, `"catalog new"`. */
type Words = ReadonlyMap<string, Following>;

/** The script for a shell. */
export async function completionFor(shell: "bash" | "zsh" | "fish"): Promise<string> {
  const words = await wordsOf(commands, "");
  return { bash, zsh, fish }[shell](words);
}

async function wordsOf(entries: Readonly<Record<string, Entry>>, path: string): Promise<Words> {
  const global = globalOptions.map(([flags, help]) => optionWord(flags, help));
  const below = Object.entries(entries).map(([word, { summary }]) => ({ word, help: summary }));
  const found = new Map<string, Following>([[path, { words: [...below, ...global], catalogs: false }]]);
  for (const [name, entry] of Object.entries(entries)) {
    const full = path === "" ? name : `${path} ${name}`;
    if ("commands" in entry) {
      for (const [key, value] of await wordsOf(entry.commands, full)) found.set(key, value);
    } else {
      const { options = [], completes } = (await entry.load()).default;
      const own = options.map(([flags, help]) => optionWord(flags, help));
      found.set(full, { words: [...own, ...global], catalogs: completes === "catalogs" });
    }
  }
  return found;
}

const optionWord = (flags: string, help: string): Word => ({ word: /--[\w-]+/.exec(flags)?.[0] ?? flags, help });

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Names of contexts are folders, so that no shell has to start Natster to know them. */
const contexts = '"${XDG_CONFIG_HOME:-$HOME/.config}"/natster/contexts/*';

/** Only the system knows which catalogs there are; where it does not answer at once, there are none. */
const catalogs = "natster --timeout 2 ls --names 2>/dev/null";

const bash = (words: Words): string => `# natster completion for bash
_natster() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" part whole found
  if [ "$before" = --context ]; then
    COMPREPLY=($(compgen -W "$(for c in ${contexts}/; do [ -d "$c" ] && basename "$c"; done)" -- "$word"))
    return
  fi
  for part in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path" in
      "") case " ${[...words.keys()].filter((key) => key !== "" && !key.includes(" ")).join(" ")} " in *" $part "*) path="$part" ;; esac ;;
${[...words.keys()]
  .filter((key) => [...words.keys()].some((other) => other.startsWith(`${key} `)) && key !== "")
  .map(
    (group) =>
      `      ${group}) case " ${[...words.keys()]
        .filter((key) => key.startsWith(`${group} `))
        .map((key) => key.slice(group.length + 1))
        .join(" ")} " in *" $part "*) path="$path $part" ;; esac ;;`,
  )
  .join("\n")}
    esac
  done
  case "$path" in
${[...words]
  .map(([path, { words: all, catalogs: named }]) => {
    const options = `COMPREPLY=($(compgen -W ${quoted(all.map(({ word }) => word).join(" "))} -- "$word"))`;
    return `    ${quoted(path)}) ${options}${named ? "; _natster_catalogs" : ""} ;;`;
  })
  .join("\n")}
  esac
}
# bash takes a word apart at an @, and yet replaces it whole.
_natster_catalogs() {
  case "$word" in -*) return ;; esac
  whole="\${COMP_LINE:0:COMP_POINT}"; whole="\${whole##* }"
  while IFS= read -r found; do
    case "$found" in "$whole"*) COMPREPLY+=("$found") ;; esac
  done < <(${catalogs})
}
complete -o default -F _natster natster
`;

const described = ({ word, help }: Word): string => quoted(`${word.replaceAll(":", "\\:")}:${help}`);

// In zsh `path` is the search path of commands, even where it is local.
const zsh = (words: Words): string => `#compdef natster
_natster() {
  local at="" part
  local -a found
  if [[ \${words[CURRENT-1]} == --context ]]; then
    found=(${contexts}(N/:t))
    compadd -a found
    return
  fi
  for part in \${words[2,CURRENT-1]}; do
    case "\${at:+$at }$part" in
${[...words.keys()]
  .filter(Boolean)
  .map((path) => `      ${quoted(path)}) at=${quoted(path)} ;;`)
  .join("\n")}
    esac
  done
  case "$at" in
${[...words]
  .map(([path, { words: all, catalogs: named }]) => {
    const ours = named ? `; compadd -- \${(f)"$(${catalogs})"}` : "";
    return `    ${quoted(path)}) found=(${all.map(described).join(" ")})${ours} ;;`;
  })
  .join("\n")}
  esac
  _describe natster found
  _files
}
if [ "$funcstack[1]" = _natster ]; then _natster "$@"; else compdef _natster natster; fi
`;

const fishContexts =
  "for c in (set -q XDG_CONFIG_HOME; and echo $XDG_CONFIG_HOME; or echo $HOME/.config)/natster/contexts/*/; basename $c; end";

const fish = (words: Words): string => {
  const lines = ["# natster completion for fish"];
  const firsts = [...words.keys()].filter((key) => key !== "" && !key.includes(" "));
  for (const [path, { words: all, catalogs: named }] of words) {
    const seen = path.split(" ").filter(Boolean);
    const below = [...words.keys()]
      .filter((key) => key.startsWith(`${path} `))
      .map((key) => key.slice(path.length + 1));
    const unseen = path === "" ? firsts : below;
    const condition = [
      ...seen.map((word) => `__fish_seen_subcommand_from ${word}`),
      ...(unseen.length > 0 ? [`not __fish_seen_subcommand_from ${unseen.join(" ")}`] : []),
    ].join("; and ");
    if (named) lines.push(`complete -c natster -n ${quoted(condition)} -a ${quoted(`(${catalogs})`)} -d catalog`);
    for (const { word, help } of all) {
      const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      lines.push(`complete -c natster -n ${quoted(condition)} ${what} -d ${quoted(help)}`);
    }
  }
  lines.push(`complete -c natster -l context -x -a ${quoted(`(${fishContexts})`)}`);
  return `${lines.join("\n")}\n`;
};
