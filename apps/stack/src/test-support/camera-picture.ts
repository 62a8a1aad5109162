import encodeQR from "qr";

const [width, height] = [640, 480];

/** A film of one picture, which Chromium takes for what its camera sees: a QR code, in YUV4MPEG2. */
export function filmOfCode(text: string): Uint8Array {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  const scale = Math.floor(height / rows.length);
  const left = Math.floor((width - rows.length * scale) / 2);
  const head = Buffer.from(`YUV4MPEG2 W${String(width)} H${String(height)} F5:1 Ip A1:1 C420jpeg\nFRAME\n`);
  const light = Buffer.alloc(width * height, 235);
  for (const [y, row] of rows.entries()) {
    for (const [x, isDark] of row.entries()) {
      if (!isDark) continue;
      for (let line = y * scale; line < (y + 1) * scale; line += 1) {
        const start = line * width + left + x * scale;
        light.fill(16, start, start + scale);
      }
    }
  }
  const colours = Buffer.alloc((width * height) / 2, 128);
  return Buffer.concat([head, light, colours]);
}
