export { freePort } from "./free-port.ts";
export { makeCertificates, type TestCertificates } from "./make-certificates.ts";
