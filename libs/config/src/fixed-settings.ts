/** What no operator has to turn, and more than one program has to know. */

/** How often the expiry workers look for overdue channels whose timer the broker has lost. */
export const expirySweepMs = 30_000;

/** What may be added a second by one WebSocket, and by one address (IPv6: one /64) over sockets and HTTP. */
export const byteRates = { byteRatePerConnection: 1_048_576, byteRatePerIp: 16 * 1_048_576 } as const;
