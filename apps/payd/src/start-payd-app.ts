import { join } from "node:path";
import { addressesOf, type Config } from "@p4/config";
import { createHeaderSource } from "@p4/headers";
import { connectBroker, createDocumentStore, documentStream, provisionDocuments, watchHome } from "@p4/nats";
import { apiKeyBucket, brokerAccessOf, homeLeft, siteNamesOf, type RunningApp } from "@p4/app";
import { trustedKeys, type SignaturePolicy } from "@p4/spv";
import { closeInOrder, type Logger } from "@p4/telemetry";
import { startPayd, type Payd } from "./payd.ts";
import { fileRates } from "./price/file-rates.ts";
import { hostNameOf, isLoopbackName } from "./routes/guard-route.ts";

export interface PaydAppOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** The broker to use instead of the configured one: the embedded server's address. */
  readonly natsUrl: string;
}

/** The bucket of this wallet's invoices, payments and proofs. */
const bucket = "payd";
/** It moves with the region. */
export const invoiceStream = (region: string): string => documentStream(region, bucket);
const headerTimeoutMs = 3_000;

/**
 * The wallet as configured, its state on the broker. Throws a StoreError naming what is wrong with the broker, or what
 * `startPayd` throws.
 */
export async function startPaydApp({ config, logger, natsUrl }: PaydAppOptions): Promise<Payd & RunningApp> {
  const { region, replicas } = config;
  const addresses = addressesOf(config);
  const broker = await connectBroker({
    url: natsUrl,
    name: "p4-payd",
    access: brokerAccessOf(config),
    onStatus: (status) => logger.info({ broker: status }, "broker"),
  });
  try {
    await provisionDocuments(broker, { region, replicas, documents: { [bucket]: {}, [apiKeyBucket]: {} } });
    const hasHeaders = config.headerSource.kind !== "none";
    const payd = await startPayd({
      host: config.host,
      port: config.paydPort,
      allowedHosts: config.paydUrl === null ? [] : [new URL(config.paydUrl).hostname.replace(/^\[|\]$/g, "")],
      // A port that the system chooses is known to the wallet alone.
      ...((config.paydUrl !== null || config.paydPort !== 0) && { publicUrl: addresses.paydUrl }),
      // The edge has its wallet where it has a development miner beside it.
      ...(config.apps.includes("edge") && config.apps.includes("miner") && { walletUrl: `${addresses.publicUrl}/try` }),
      socketUrl: addresses.publicSocketUrl,
      callbackUrl: addresses.callbackUrl,
      callbackToken: config.callbackToken,
      joinSecret: config.joinSecrets?.[0] ?? null,
      channelLifeMs: config.channelTtlMs + config.ackGraceMs,
      minerUrl: addresses.minerUrl,
      signaturePolicy: signaturePolicyOf(config),
      headers: createHeaderSource(config.headerSource, { timeoutMs: headerTimeoutMs }),
      // Without headers no ancestor can be checked. With them, a merchant does not settle on an unknown block.
      ancestryRequired: hasHeaders,
      headerPolicy: hasHeaders ? "require" : "accept-unknown",
      documents: createDocumentStore(broker, { region, name: bucket }),
      apiKeys: createDocumentStore(broker, { region, name: apiKeyBucket }),
      rates: fileRates(join(config.dataDir, "payd", "rates.json")),
      webhookAllow: config.webhookAllow ?? [],
      keyAlwaysRequired: config.paydPassphrase !== null || isPublic(config.paydUrl),
      passphrase: config.paydPassphrase,
      dataDir: join(config.dataDir, "payd"),
      logger,
    });
    const home = watchHome(broker, { region, stream: invoiceStream(region), sites: siteNamesOf(config) });
    return {
      url: payd.url,
      homeLeft: homeLeft(home),
      close: () =>
        closeInOrder(
          () => home.stop(),
          () => payd.close(),
          () => broker.close(),
        ),
    };
  } catch (error) {
    await broker.close();
    throw error;
  }
}

/** Reached through a proxy, which may be on this machine and pass requests on as its own: no caller is known to be local then. */
function isPublic(paydUrl: string | null): boolean {
  return paydUrl !== null && !isLoopbackName(hostNameOf(new URL(paydUrl).host));
}

function signaturePolicyOf({ signaturePolicy, trustedKeys: keys }: Config): SignaturePolicy {
  return signaturePolicy === "trusted-keys" ? trustedKeys(keys ?? []) : { kind: signaturePolicy };
}
