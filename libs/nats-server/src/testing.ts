export { makeCertificates, type TestCertificates } from "./make-certificates.ts";
