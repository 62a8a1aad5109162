/** What a server needs to show pages. */
export { loadAssets, type Assets } from "./assets.ts";
export { Page } from "./page.tsx";
export { pageResponse } from "./page-response.ts";
export { prefersPage } from "./prefers-page.ts";
export { VerifierPage, verifierDocument } from "./verifier-page.tsx";
export { qrCodeSvg } from "./qr-code-svg.ts";
