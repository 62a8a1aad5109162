import { BarcodeDetector as OwnDetector } from "qr/decode.js";

/** The texts of the QR codes in a picture. */
export type ReadQr = (picture: HTMLVideoElement | ImageBitmap) => Promise<readonly string[]>;

interface Detector {
  detect(picture: HTMLVideoElement | ImageBitmap): Promise<readonly { readonly rawValue: string }[]>;
}

interface DetectorClass {
  new (options: { formats: "qr_code"[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** By the browser's own detector where it has one that knows QR codes, else by the same interface in script. */
export async function qrReader(): Promise<ReadQr> {
  const native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  // Some browsers have the class, and nothing behind it.
  const formats = (await native?.getSupportedFormats().catch(() => [])) ?? [];
  const Chosen: DetectorClass = native !== undefined && formats.includes("qr_code") ? native : OwnDetector;
  const detector = new Chosen({ formats: ["qr_code"] });
  return async (picture) => (await detector.detect(picture)).map(({ rawValue }) => rawValue);
}
