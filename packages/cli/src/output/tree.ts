/** Paths as a tree. */

interface Branch {
  readonly folders: Map<string, Branch>;
  readonly leaves: [name: string, text: string][];
}

/** Draws paths, each with a remark behind its name, as the lines of a tree. */
export function treeLines(paths: Iterable<readonly [path: string, remark: string]>): string[] {
  const root: Branch = { folders: new Map(), leaves: [] };
  for (const [path, remark] of paths) {
    const names = path.split("/");
    const name = names.pop() ?? "";
    let at = root;
    for (const folder of names) {
      const next = at.folders.get(folder) ?? { folders: new Map(), leaves: [] };
      at.folders.set(folder, next);
      at = next;
    }
    at.leaves.push([name, remark]);
  }
  return linesOf(root, "");
}

function linesOf({ folders, leaves }: Branch, indent: string): string[] {
  const items = [
    ...[...folders].map(([name, branch]) => ({ name: `${name}/`, remark: "", branch })),
    ...leaves.map(([name, remark]) => ({ name, remark, branch: undefined })),
  ];
  return items.flatMap(({ name, remark, branch }, at) => {
    const last = at === items.length - 1;
    const line = `${indent}${last ? "└── " : "├── "}${name}${remark === "" ? "" : `  ${remark}`}`;
    return branch ? [line, ...linesOf(branch, `${indent}${last ? "    " : "│   "}`)] : [line];
  });
}
