import { patienceMs, type Attack } from "../stranger.ts";

const frames = 600;

/** Frames that mean nothing, until the socket is closed. */
export const nonsense: Attack = async (stranger) => {
  const socket = await stranger.join(stranger.newId());
  if (socket === null) return;
  for (let sent = 0; sent < frames && !socket.isOver; sent += 60) {
    for (let index = 0; index < 60; index++) socket.write(index % 2 === 0 ? '{"key":"nonsense"}' : "[1,");
    await stranger.pause(20);
  }
  if (!(await socket.until(() => socket.isOver, patienceMs)))
    stranger.world.succeeded("a flood of nonsense was not closed");
};
