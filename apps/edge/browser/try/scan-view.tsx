import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { readPaymentLink } from "../../src/pages/try/payment-link.ts";
import { qrReader } from "./read-qr.ts";

export interface ScanProps {
  readonly onLink: (link: string) => void;
}

/** Between two looks at the camera's picture. */
const everyMs = 150;
const maxPictureBytes = 20 * 1024 * 1024;
const noLink = "There is a QR code, but it is not a payment link.";

/** Reads a payment link from the QR code that a checkout page shows: with the camera, or from a picture of it. */
export function ScanView({ onLink }: ScanProps): VNode {
  const [isOn, setIsOn] = useState(false);
  const [said, setSaid] = useState("");
  const video = useRef<HTMLVideoElement>(null);
  const take = (link: string): void => {
    setIsOn(false);
    setSaid("The QR code was read.");
    onLink(link);
  };

  useEffect(() => {
    const player = video.current;
    if (!isOn || player === null) return undefined;
    const stop = new AbortController();
    setSaid("Starting the camera…");
    watchCamera(player, stop.signal, setSaid).then(
      (link) => !stop.signal.aborted && link !== null && take(link),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setIsOn(false);
        setSaid(cameraTrouble(error));
      },
    );
    return () => stop.abort();
  }, [isOn]);

  const readPicture = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setIsOn(false);
    setSaid("Reading the picture…");
    try {
      const links = await linksIn(file);
      if (links.link !== null) take(links.link);
      else setSaid(links.hasCode ? noLink : "No QR code was found in this picture.");
    } catch {
      setSaid("This file is no picture that the browser can read, or is larger than 20 MB.");
    }
  };

  return (
    <div class="scan stack">
      <div class="actions">
        <button type="button" class="button" aria-pressed={isOn} onClick={() => setIsOn(!isOn)}>
          {isOn ? "Stop the camera" : "Scan a QR code"}
        </button>
        <label class="button">
          QR code from a picture
          <input
            type="file"
            accept="image/*"
            onChange={({ currentTarget }) => {
              void readPicture(currentTarget.files?.[0]);
              // The same file may be chosen again.
              currentTarget.value = "";
            }}
          />
        </label>
      </div>
      {isOn && <video ref={video} muted playsInline aria-label="What the camera sees" />}
      <p class="quiet small" role="status">
        {said}
      </p>
    </div>
  );
}

/** The first payment link that the camera sees; null once it is stopped. Throws what the browser has against the camera. */
async function watchCamera(
  player: HTMLVideoElement,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<string | null> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  try {
    const read = await qrReader();
    if (signal.aborted) return null;
    player.srcObject = stream;
    await player.play();
    say("Hold the QR code in front of the camera.");
    while (!signal.aborted) {
      const texts = await read(player);
      const link = texts.find(isLink);
      if (link !== undefined) return link;
      if (texts.length > 0 && !signal.aborted) say(noLink);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    return null;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    player.srcObject = null;
  }
}

async function linksIn(file: File): Promise<{ readonly link: string | null; readonly hasCode: boolean }> {
  if (file.size > maxPictureBytes) throw new RangeError("picture: must be at most 20 MB");
  const picture = await createImageBitmap(file);
  try {
    const texts = await (await qrReader())(picture);
    return { link: texts.find(isLink) ?? null, hasCode: texts.length > 0 };
  } finally {
    picture.close();
  }
}

const isLink = (text: string): boolean => readPaymentLink(text).kind !== "none";

function cameraTrouble(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError")
    return "The browser was not allowed to use the camera. A picture of the QR code will do.";
  if (name === "NotFoundError") return "There is no camera here. A picture of the QR code will do.";
  if (!isSecureContext) return "Browsers give pages a camera over https or on localhost alone.";
  return "The camera cannot be used at the moment. A picture of the QR code will do.";
}
