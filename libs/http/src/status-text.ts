import { STATUS_CODES } from "node:http";

/** "Not Found" for 404; clients ignore it, people reading a trace do not. */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? "Unknown";
}

// Anything outside visible ASCII, space and tab could end the header and start another one.
const badHeaderValue = /[^\t\x20-\x7e\x80-\xff]/;
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The first header that must not be written, or undefined. Guards against response splitting through user data. */
export function findBadHeader(headers: Readonly<Record<string, string>> | undefined): string | undefined {
  for (const name in headers) {
    if (!headerName.test(name) || badHeaderValue.test(headers[name] as string)) return name;
  }
  return undefined;
}
