import { render, type VNode } from "preact";
import { ChannelView } from "./console/channel-view.tsx";
import { ChannelsView } from "./console/channels-view.tsx";
import { SystemView } from "./console/system-view.tsx";

const views: Readonly<Record<string, () => VNode>> = {
  channels: () => <ChannelsView />,
  system: () => <SystemView />,
  channel: () => <ChannelView channelId={decodeURIComponent(location.pathname.split("/").at(-1) ?? "")} />,
};

const root = document.getElementById("console");
const view = views[root?.dataset["view"] ?? ""];
if (root !== null && view !== undefined) {
  root.replaceChildren();
  render(view(), root);
}
