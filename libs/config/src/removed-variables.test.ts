import { expect, it } from "vitest";
import { loadConfig } from "./config.ts";
import { removedVariables } from "./removed-variables.ts";
import { schema } from "./schema.ts";

it("a variable that is gone is refused, with what took its place", () => {
  for (const [variable, instead] of Object.entries(removedVariables)) {
    expect(() => loadConfig({ [variable]: "1" })).toThrow(`${variable}=(set): is no longer a variable: ${instead}`);
  }
});

it("no variable that is gone is one of today's", () => {
  const known = Object.values(schema).map(({ variable }) => variable);
  expect(Object.keys(removedVariables).filter((variable) => known.includes(variable))).toEqual([]);
});
