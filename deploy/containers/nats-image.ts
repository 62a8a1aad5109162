import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { findNatsServer } from "@p4/nats-server";
import { GenericContainer, ImageName, getContainerRuntimeClient } from "testcontainers";

/** The published image: the binary at /nats-server on an empty file system, like ours below. */
const publishedImage = "nats:2.12";
const pullWithinMs = 60_000;
const ownImage = "p4-nats-server:scratch";

/** An image with nats-server as its entry point: the published one where a registry can be reached, else one of our own. */
export async function natsImage(onProgress: (line: string) => void): Promise<string> {
  const client = await getContainerRuntimeClient();
  try {
    const pull = client.image.pull(ImageName.fromString(publishedImage));
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error("no answer from the registry in time")), pullWithinMs).unref();
    });
    await Promise.race([pull, late]);
    onProgress(`image ${publishedImage}, from the registry`);
    return publishedImage;
  } catch (error) {
    onProgress(`image ${publishedImage} cannot be had: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { path, version } = await findNatsServer({ onProgress });
  await buildFromScratch(path);
  onProgress(`image ${ownImage}, built FROM scratch around nats-server ${version} of this machine`);
  return ownImage;
}

async function buildFromScratch(binary: string): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), "p4-image-"));
  try {
    const rootfs = join(context, "rootfs");
    for (const dir of ["tmp", "data"]) mkdirSync(join(rootfs, dir), { recursive: true });
    copyFileSync(binary, join(rootfs, "nats-server"));
    for (const library of librariesOf(binary)) {
      mkdirSync(join(rootfs, dirname(library)), { recursive: true });
      copyFileSync(library, join(rootfs, library));
    }
    // An empty directory would not survive every builder's COPY.
    for (const dir of ["tmp", "data"]) writeFileSync(join(rootfs, dir, ".keep"), "");
    writeFileSync(join(context, "Dockerfile"), 'FROM scratch\nCOPY rootfs/ /\nENTRYPOINT ["/nats-server"]\n');
    await GenericContainer.fromDockerfile(context).build(ownImage, { deleteOnExit: false });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** The loader and the C library at their own paths; none for a static binary. */
function librariesOf(binary: string): string[] {
  try {
    const text = execFileSync("ldd", [binary], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return [...text.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? "").filter((path) => basename(path) !== "");
  } catch {
    return [];
  }
}
