import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ApiKeys } from "@p4/app";
import { merchant } from "@p4/client";
import { startServer } from "@p4/http";
import { nodeCrypto, signToken } from "@p4/node-crypto";
import { VERIFY_IF_SIGNED } from "@p4/spv";
import { closeInOrder, createMetrics, operationsRoutes, Readiness } from "@p4/telemetry";
import { TargetPolicy, WebhookRepository, WebhookSender } from "@p4/webhooks";
import { PaydError } from "./errors.ts";
import type { Invoice } from "./invoice/invoice.ts";
import { InvoiceRepository } from "./invoice/invoice-repository.ts";
import { channelUrl, paymentUrl, type PaymentUrlOptions } from "./invoice/payment-url.ts";
import { newInvoiceId } from "./invoice/invoice-id.ts";
import { InvoiceWatch } from "./invoice/invoice-watch.ts";
import { createInvoiceKeys } from "./keys/invoice-keys.ts";
import { openMasterKey } from "./keys/open-master-key.ts";
import { Broadcaster } from "./mapi/broadcaster.ts";
import { MapiClient } from "./mapi/mapi-client.ts";
import { attendChannel } from "./merchant/attend-channel.ts";
import { Channels } from "./merchant/channels.ts";
import { InvoiceService, type InvoiceOrder } from "./merchant/invoice-service.ts";
import { attendIfNeeded, openInvoice } from "./merchant/open-invoice.ts";
import { PaymentService } from "./merchant/payment-service.ts";
import { MinersNewsService } from "./merchant/miners-news-service.ts";
import { ProofService } from "./merchant/proof-service.ts";
import { ExpireInvoices } from "./merchant/expire-invoices.ts";
import { Refusals } from "./merchant/refusals.ts";
import { resumeInvoices } from "./merchant/resume-invoices.ts";
import { TermsService } from "./merchant/terms-service.ts";
import { fixedRates } from "./price/fixed-rates.ts";
import { PriceService } from "./price/price-service.ts";
import { createPaydMetrics } from "./payd-metrics.ts";
import { defaults, invoiceExpiryMs, minerTimeoutMs, type PaydOptions } from "./payd-options.ts";
import { answerErrors } from "./routes/answer-errors.ts";
import { connectRoutes } from "./routes/connect-routes.ts";
import { EventFollowers, eventStreamRoute } from "./routes/event-stream-route.ts";
import { exportRoute } from "./routes/export-route.ts";
import { guardRoute } from "./routes/guard-route.ts";
import { invoiceRoutes, type ScopedRoute } from "./routes/invoice-routes.ts";
import { invoiceView, publicInvoiceView, type InvoiceUrls } from "./routes/invoice-view.ts";
import { pageRoutes } from "./routes/page-routes.ts";
import { requireKey, type KeyPolicy } from "./routes/require-key.ts";
import { walletRoutes } from "./routes/wallet-routes.ts";
import { payableRate } from "./wallet/payable-rate.ts";
import { PayoutService } from "./wallet/payout-service.ts";
import { PayoutRepository } from "./wallet/payout-repository.ts";
import { webhookRoutes } from "./routes/webhook-routes.ts";
import { invoiceEvents, resumeWebhooks } from "./webhook/invoice-events.ts";

export interface Payd {
  readonly url: string;
  /** Leaves all channels, finishes what is being paid, and ends. */
  close(): Promise<void>;
}

/**
 * Starts the reference merchant's wallet. Throws PaydError PAYD_KEY_FILE, PAYD_KEY_PASSPHRASE, PAYD_KEY_MISSING or PAYD_KEY_MISMATCH, a store error, or HttpServerError when the
 * address cannot be had.
 */
export async function startPayd(options: PaydOptions): Promise<Payd> {
  const { logger, headers, now = Date.now, crypto = nodeCrypto, signaturePolicy = VERIFY_IF_SIGNED } = options;
  const settings = { ...defaults, ...options };
  const stopping = new AbortController();
  const metrics = options.metrics ?? createMetrics("payd");
  const watch = new InvoiceWatch();
  const refusals = new Refusals();
  const followers = new EventFollowers();
  const invoices = new InvoiceRepository(
    options.documents,
    (invoice, events) => {
      watch.changed(invoice.id);
      expiry.note(invoice);
      if (events.length > 0) sender.changed(invoice.id);
      followers.tell(invoice, events);
    },
    now,
  );
  const isChecking = (invoiceId: string): boolean => payments.isChecking(invoiceId);
  const expiry = new ExpireInvoices({ invoices, isChecking, now, logger, signal: stopping.signal });
  const webhooks = new WebhookRepository(options.documents);
  const policy = new TargetPolicy(options.webhookAllow ?? []);
  const sender = new WebhookSender({
    source: invoiceEvents(invoices),
    webhooks,
    policy,
    userAgent: "p4-payd",
    now,
    logger,
    signal: stopping.signal,
  });
  const keyFile = join(options.dataDir, "master.key");
  const passphrase = options.passphrase ?? null;
  const keys = createInvoiceKeys(await openMasterKey(keyFile, invoices, passphrase));
  const profile = settings.merchant;
  const ancestryRequired = options.ancestryRequired ?? true;
  const publicUrls = publicUrlsOf(options);

  const mapi = new MapiClient({ url: options.minerUrl, signaturePolicy, crypto, timeoutMs: minerTimeoutMs });
  const broadcaster = new Broadcaster(mapi, options.retry);
  const terms = new TermsService({
    invoices,
    quote: () => mapi.feeQuote(stopping.signal),
    context: {
      network: settings.network,
      merchant: profile,
      ancestryRequired,
    },
    paymentUrl: (invoiceId) => channelUrl(publicUrls, invoiceId),
    now,
  });
  const payments = new PaymentService({
    invoices,
    checks: { ancestryRequired, headers, crypto },
    withFees: (invoice) => terms.withFees(invoice),
    broadcast: async (invoiceId, txid, rawTx) => {
      const stopTimer = paydMetrics.broadcastSeconds.startTimer();
      const callbackUrl = `${options.callbackUrl}/proofs/${txid}?i=${invoiceId}`;
      // mAPI sends the token as it is in the Authorization header, so the scheme belongs to it.
      const callbackToken = options.callbackToken ? `Bearer ${options.callbackToken}` : null;
      try {
        return await broadcaster.broadcast({ txid, rawTx, callbackUrl, callbackToken }, stopping.signal);
      } finally {
        stopTimer();
      }
    },
    now,
    retryMs: settings.resumeRetryMs,
    logger,
    signal: stopping.signal,
  });
  const payouts = new PayoutRepository(options.documents);
  const payoutService = new PayoutService({
    invoices,
    payouts,
    masterKey: () => openMasterKey(keyFile, invoices, passphrase),
    async feeRate() {
      const rate = (await mapi.feeQuote(stopping.signal)).standard?.miningFee;
      if (!rate) throw new PaydError("PAYD_MINER_UNAVAILABLE", "the miner's fee quote has no rate");
      return payableRate(rate);
    },
    broadcast: ({ txid, rawTx }) =>
      broadcaster.broadcast({ txid, rawTx, callbackUrl: null, callbackToken: null }, stopping.signal),
    now,
    retryMs: settings.resumeRetryMs,
    logger,
    signal: stopping.signal,
  });
  const { headerPolicy = "accept-unknown" } = options;
  const proofs = new ProofService({
    invoices,
    headers,
    headerPolicy,
    signaturePolicy,
    crypto,
    now,
    headerRetryDelaysMs: settings.headerRetryDelaysMs,
    signal: stopping.signal,
  });
  const news = new MinersNewsService({ invoices, headers, headerPolicy, crypto, now });
  const channels = new Channels({
    invoices,
    open(invoiceId) {
      const session = merchant(channelUrl(options, invoiceId), {
        appId: "p4/payd",
        ...merchantToken(publicUrls, invoiceId),
      });
      const onRefused = (id: string, memo: string): void => {
        refusals.note(id, { memo, atMs: now() });
        watch.changed(id);
      };
      attendChannel(session, { terms, payments, proofs, news, onRefused, metrics: paydMetrics, logger });
      return session;
    },
    now,
    joinTimeoutMs: settings.joinTimeoutMs,
    logger,
  });
  const paydMetrics = createPaydMetrics(metrics, () => channels.size);
  const newId = (): string => newInvoiceId(randomBytes);
  const prices = new PriceService({ rates: options.rates ?? fixedRates({}), now });
  const invoiceService = new InvoiceService({ invoices, keys, prices, newId, now });
  const readiness = new Readiness();
  readiness.add("store", async () => {
    await invoices.get("readiness");
    return { ok: true };
  });

  const opening = { invoiceService, channels, now, logger };
  const create = async (order: InvoiceOrder, id?: string): Promise<Invoice> => {
    const invoice = await openInvoice(order, opening, id);
    paydMetrics.invoices.inc();
    return invoice;
  };
  const urlsOf = (invoice: Invoice): InvoiceUrls => {
    return { paymentUrl: paymentUrl(publicUrls, invoice), checkoutUrl: `${options.publicUrl ?? url}/i/${invoice.id}` };
  };
  // While a payment that came in time is being checked, the invoice's time stands still: it may be paid any moment.
  const clockOf = ({ id, expiresAtMs }: Invoice): number => (isChecking(id) ? Math.min(now(), expiresAtMs - 1) : now());
  const apiKeys = options.apiKeys === undefined ? null : new ApiKeys(options.apiKeys);
  const keyPolicy: KeyPolicy = {
    findKey: async (text) => (await apiKeys?.find(text, now())) ?? null,
    alwaysRequired: options.keyAlwaysRequired ?? false,
  };
  const allowedHosts = [options.host, ...(options.allowedHosts ?? [])].map((name) => name.toLowerCase());
  const scoped: readonly ScopedRoute[] = [
    ...invoiceRoutes({
      invoiceService,
      create,
      view: (invoice) => invoiceView(invoice, urlsOf(invoice), clockOf(invoice)),
      defaultExpiryMs: invoiceExpiryMs,
      now,
      clockOf,
      invoices,
      newId,
    }),
    exportRoute(invoiceService, now, clockOf),
    ...walletRoutes({ invoiceService, payoutService, payouts, invoices, newId }),
    ...webhookRoutes({ webhooks, sender, source: invoiceEvents(invoices), policy, newId, now }),
    eventStreamRoute(followers, stopping.signal),
  ];
  const server = await startServer({
    host: options.host,
    port: options.port,
    portVariable: "P4_PAYD_PORT",
    routes: [
      ...[
        ...connectRoutes((invoiceId) => channels.connect(invoiceId), logger),
        ...scoped.map(({ scope, ...route }) => answerErrors(requireKey(scope, route, keyPolicy))),
      ].map((route) => guardRoute(route, allowedHosts)),
      ...pageRoutes({
        invoiceService,
        watch,
        refusals,
        create,
        attend: (invoice) => attendIfNeeded(invoice, opening),
        viewOf: (invoice) => publicInvoiceView(invoice, urlsOf(invoice), clockOf(invoice)),
        keyPolicy,
        paymentUrl: (invoice) => paymentUrl(publicUrls, invoice),
        walletUrl: options.walletUrl,
        readiness,
        merchant: profile.name,
        expiresInMs: invoiceExpiryMs,
        allowedHosts,
        now,
        clockOf,
        described: scoped,
        signal: stopping.signal,
      }),
      ...operationsRoutes(readiness, metrics),
    ],
    onError: (error, where) => logger.error({ where, error }, "request failed"),
  });
  const url = `http://${options.host}:${server.port}`;
  const resuming = resumeInvoices({
    start: [() => expiry.start(), () => resumeWebhooks({ sender, webhooks, invoices }), () => payoutService.resume()],
    invoices,
    channels,
    payments,
    proofs,
    logger,
    retryMs: settings.resumeRetryMs,
    signal: stopping.signal,
  });
  let closing: Promise<void> | undefined;
  const shutDown = async (): Promise<void> => {
    readiness.drain();
    stopping.abort();
    await closeInOrder(
      () => server.close(),
      () => channels.close(),
      () => Promise.all([resuming, payments.idle(), sender.idle(), expiry.idle(), payoutService.idle()]),
    );
  };
  return { url, close: () => (closing ??= shutDown()) };
}

function publicUrlsOf({
  socketUrl,
  publicSocketUrl = socketUrl,
  joinSecret = null,
  channelLifeMs = 0,
}: PaydOptions): PaymentUrlOptions {
  return { socketUrl: publicSocketUrl, joinSecret, channelLifeMs };
}

function merchantToken({ joinSecret }: PaymentUrlOptions, channelId: string): { token?: string } {
  return joinSecret === null ? {} : { token: signToken(joinSecret, { channelId, role: "merchant" }) };
}
