export { freePort } from "./free-port.ts";
export { makeCertificates } from "./make-certificates.ts";
