import type { ComponentChildren, VNode } from "preact";

/** A row of a list of facts (`<dl>`). */
export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
