import { createReadStream } from "node:fs";
import { createInterface } from "node:readline/promises";
import { bytesToHex, displayHashToBytes, HEADER_BYTES, parseBlockHeader, sdkCrypto, type BlockHeader } from "@p4/spv";
import type { HeaderSourceConfig, HeaderSourceOptions } from "./header-source-config.ts";
import { parseHeaderLine } from "./header-file.ts";

/** A header that hashes to the block that was asked for. */
export interface FoundHeader {
  /** 80 bytes, lower-case hex. */
  readonly header: string;
  /** As the source said. */
  readonly height: number | null;
}

/**
 * Gets a block's whole header, for callers that keep it: a lookup only judges. Null when the source does not know the
 * block, or knows no headers by hash.
 *
 * @throws Error when the source cannot be asked, or answers with another block's header.
 */
export async function findHeader(
  config: HeaderSourceConfig,
  blockHash: string,
  options: Pick<HeaderSourceOptions, "fetch" | "timeoutMs">,
): Promise<FoundHeader | null> {
  const found = await fromSource(config, blockHash, options);
  if (found === null) return null;
  const bytes = headerBytes(found);
  if (parseBlockHeader(bytes, sdkCrypto).hash !== blockHash) {
    throw new Error(`the answer for header ${blockHash} is not its header`);
  }
  return { header: bytesToHex(bytes), height: Number.isSafeInteger(found.height) ? found.height : null };
}

type HeaderFields = Omit<BlockHeader, "hash"> & { readonly height: number | null };

async function fromSource(
  config: HeaderSourceConfig,
  blockHash: string,
  options: Pick<HeaderSourceOptions, "fetch" | "timeoutMs">,
): Promise<HeaderFields | null> {
  switch (config.kind) {
    case "none":
      return null;
    case "file":
      return fromFile(config.path, blockHash);
    case "miner":
    case "bhs":
      return fromHeadersService(await getJson(`${config.url}/api/v1/chain/header/state/${blockHash}`, options));
    case "woc": {
      const base = `https://api.whatsonchain.com/v1/bsv/${config.network}`;
      return fromWhatsOnChain(await getJson(`${base}/block/${blockHash}/header`, options));
    }
  }
}

async function fromFile(path: string, blockHash: string): Promise<HeaderFields | null> {
  for await (const line of createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity })) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const { header, blockHeight = null } = parseHeaderLine(text);
    if (header.hash === blockHash) return { ...header, height: blockHeight };
  }
  return null;
}

// The services' answers are not checked member by member: a header with a wrong one hashes to another block.
interface ServiceHeader {
  readonly height: number;
  readonly header: {
    readonly version: number;
    readonly prevBlockHash: string;
    readonly merkleRoot: string;
    readonly creationTimestamp: number;
    readonly difficultyTarget: number;
    readonly nonce: number;
  };
}

function fromHeadersService(body: unknown): HeaderFields | null {
  if (body === null) return null;
  const { header, height } = body as ServiceHeader;
  const { version, prevBlockHash: previousHash, merkleRoot, nonce } = header;
  const [timeSeconds, bits] = [header.creationTimestamp, header.difficultyTarget];
  return { version, previousHash, merkleRoot, timeSeconds, bits, nonce, height };
}

interface WhatsOnChainHeader {
  readonly version: number;
  readonly previousblockhash: string;
  readonly merkleroot: string;
  readonly time: number;
  /** Hex. */
  readonly bits: string;
  readonly nonce: number;
  readonly height: number;
}

function fromWhatsOnChain(body: unknown): HeaderFields | null {
  if (body === null) return null;
  const header = body as WhatsOnChainHeader;
  const { version, previousblockhash: previousHash, merkleroot: merkleRoot, time: timeSeconds, nonce, height } = header;
  return { version, previousHash, merkleRoot, timeSeconds, bits: Number.parseInt(header.bits, 16), nonce, height };
}

async function getJson(
  url: string,
  { fetch: fetcher = fetch, timeoutMs }: Pick<HeaderSourceOptions, "fetch" | "timeoutMs">,
): Promise<unknown> {
  const response = await fetcher(url, {
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`GET ${url} was answered ${response.status}`);
  return response.json();
}

/** Hashes are shown in the reverse of their byte order. */
function headerBytes({ version, previousHash, merkleRoot, timeSeconds, bits, nonce }: HeaderFields): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, version, true);
  bytes.set(displayHashToBytes(previousHash, "previousHash"), 4);
  bytes.set(displayHashToBytes(merkleRoot, "merkleRoot"), 36);
  view.setUint32(68, timeSeconds, true);
  view.setUint32(72, bits, true);
  view.setUint32(76, nonce, true);
  return bytes;
}
