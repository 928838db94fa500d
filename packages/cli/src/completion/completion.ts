/** Completion for shells, from the commands themselves. */
import { commands, type Entry } from "../commands.ts";
import { globalOptions } from "../program.ts";

/** A word that can follow, and what it is. */
interface Word {
  readonly word: string;
  readonly help: string;
}

/** What can follow each command: `""` for `natster` itself, `"catalog"`, `"catalog new"`. */
type Words = ReadonlyMap<string, readonly Word[]>;

/** The script for a shell. */
export async function completionFor(shell: "bash" | "zsh" | "fish"): Promise<string> {
  const words = await wordsOf(commands, "");
  return { bash, zsh, fish }[shell](words);
}

async function wordsOf(entries: Readonly<Record<string, Entry>>, path: string): Promise<Words> {
  const global = globalOptions.map(([flags, help]) => optionWord(flags, help));
  const found = new Map<string, readonly Word[]>([
    [path, [...Object.entries(entries).map(([word, { summary }]) => ({ word, help: summary })), ...global]],
  ]);
  for (const [name, entry] of Object.entries(entries)) {
    const below = path === "" ? name : `${path} ${name}`;
    if ("commands" in entry) {
      for (const [key, value] of await wordsOf(entry.commands, below)) found.set(key, value);
    } else {
      const { options = [] } = (await entry.load()).default;
      found.set(below, [...options.map(([flags, help]) => optionWord(flags, help)), ...global]);
    }
  }
  return found;
}

const optionWord = (flags: string, help: string): Word => ({ word: /--[\w-]+/.exec(flags)?.[0] ?? flags, help });

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Names of contexts are folders, so that no shell has to start Natster to know them. */
const contexts = '"${XDG_CONFIG_HOME:-$HOME/.config}"/natster/contexts/*/';

const bash = (words: Words): string => `# natster completion for bash
_natster() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" part
  if [ "$before" = --context ]; then
    COMPREPLY=($(compgen -W "$(for c in ${contexts}; do [ -d "$c" ] && basename "$c"; done)" -- "$word"))
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
${[...words].map(([path, all]) => `    ${quoted(path)}) COMPREPLY=($(compgen -W ${quoted(all.map(({ word }) => word).join(" "))} -- "$word")) ;;`).join("\n")}
  esac
}
complete -o default -F _natster natster
`;

const described = ({ word, help }: Word): string => quoted(`${word.replaceAll(":", "\\:")}:${help}`);

const zsh = (words: Words): string => `#compdef natster
_natster() {
  local path="" part
  local -a found
  if [[ \${words[CURRENT-1]} == --context ]]; then
    found=(${contexts}(N:h:t))
    compadd -a found
    return
  fi
  for part in \${words[2,CURRENT-1]}; do
    case "\${path:+$path }$part" in
${[...words.keys()]
  .filter(Boolean)
  .map((path) => `      ${quoted(path)}) path=${quoted(path)} ;;`)
  .join("\n")}
    esac
  done
  case "$path" in
${[...words].map(([path, all]) => `    ${quoted(path)}) found=(${all.map(described).join(" ")}) ;;`).join("\n")}
  esac
  _describe natster found
  _files
}
if [ "$funcstack[1]" = _natster ]; then _natster "$@"; else compdef _natster natster; fi
`;

const fish = (words: Words): string => {
  const lines = ["# natster completion for fish"];
  const firsts = [...words.keys()].filter((key) => key !== "" && !key.includes(" "));
  for (const [path, all] of words) {
    const seen = path.split(" ").filter(Boolean);
    const below = [...words.keys()]
      .filter((key) => key.startsWith(`${path} `))
      .map((key) => key.slice(path.length + 1));
    const unseen = path === "" ? firsts : below;
    const condition = [
      ...seen.map((word) => `__fish_seen_subcommand_from ${word}`),
      ...(unseen.length > 0 ? [`not __fish_seen_subcommand_from ${unseen.join(" ")}`] : []),
    ].join("; and ");
    for (const { word, help } of all) {
      const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      lines.push(`complete -c natster -n ${quoted(condition)} ${what} -d ${quoted(help)}`);
    }
  }
  lines.push(
    `complete -c natster -l context -x -a "(for c in (set -q XDG_CONFIG_HOME; and echo $XDG_CONFIG_HOME; or echo $HOME/.config)/natster/contexts/*/; basename $c; end)"`,
  );
  return `${lines.join("\n")}\n`;
};
