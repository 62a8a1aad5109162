export interface Column {
  readonly name: string;
  /** The cell that names its row. */
  readonly heading?: boolean;
}

/**
 * A table whose rows become cards on a narrow screen. The roles are written out because browsers forget that it is a
 * table when its display changes. Cells are HTML already.
 */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const heads = columns.map(({ name }) => `<th scope="col" role="columnheader">${name}</th>`).join("");
  const body = rows.map((cells) => {
    const row = cells.map((cell, index) => {
      const { name, heading } = columns[index] ?? { name: "" };
      const [tag, role] = heading === true ? ['th scope="row"', "rowheader"] : ["td", "cell"];
      return `<${tag} role="${role}" data-name="${name}">${cell === "" ? "" : `<div>${cell}</div>`}</${heading === true ? "th" : "td"}>`;
    });
    return `<tr role="row">${row.join("")}</tr>`;
  });
  return `<table role="table">\n<caption>${caption}</caption>\n<thead role="rowgroup"><tr role="row">${heads}</tr></thead>\n<tbody role="rowgroup">\n${body.join("\n")}\n</tbody>\n</table>`;
}
