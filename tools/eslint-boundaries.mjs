// The lint rule `p4/boundaries`: a package imports only packages of the layers that its own may depend on, by their names.
import { dirname, join, relative, sep } from "node:path";

/** @typedef {{ root: string, name: string, layer: string }} Project as readProjects gives them */

/**
 * Options of the rule: `layers`, the layers that each layer may import; `allow`, files of no package, relative to the workspace.
 *
 * @param {string} workspaceRoot absolute
 * @param {Project[]} projects
 */
export function createBoundariesRule(workspaceRoot, projects) {
  const placeOf = (path) => relative(workspaceRoot, path).split(sep).join("/");
  const holding = (place) => projects.find(({ root }) => place.startsWith(`${root}/`));
  const named = (specifier) => projects.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));

  /** What is wrong with an import, or null. */
  function findFault(file, specifier, { layers, allow = [] }) {
    const own = holding(placeOf(file));
    if (own === undefined) return null;
    if (specifier.startsWith(".")) {
      const place = placeOf(join(dirname(file), specifier));
      if (place.startsWith(`${own.root}/`) || allow.includes(place)) return null;
      return `${place} is outside of ${own.root}: import a package by its name.`;
    }
    const target = named(specifier);
    if (target === undefined) {
      return specifier.startsWith("@p4/") ? `No package of this workspace is called ${specifier}.` : null;
    }
    // A package's own name is what its tests use it by.
    if (target === own || layers[own.layer]?.includes(target.layer)) return null;
    return `${own.root} (${own.layer}) must not depend on ${target.root} (${target.layer}).`;
  }

  return {
    meta: { type: "problem", schema: [{ type: "object" }] },
    create(context) {
      const check = ({ source }) => {
        const specifier = source?.value;
        if (typeof specifier !== "string") return;
        const message = findFault(context.filename, specifier, context.options[0]);
        if (message !== null) context.report({ node: source, message });
      };
      return {
        ImportDeclaration: check,
        ExportNamedDeclaration: check,
        ExportAllDeclaration: check,
        ImportExpression: check,
        TSImportType: check,
      };
    },
  };
}
