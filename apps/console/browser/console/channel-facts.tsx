import { Amount, countdownText, Fact, Moment } from "@p4/pages/view";
import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import type { ProofAt } from "../../src/views/at-point.ts";
import type { ChannelAnswer, ConnectionView } from "../../src/views/views.ts";
import { Ago } from "./moments.tsx";
import { spanText, stateText } from "./words.ts";

interface ChannelFactsProps {
  readonly channel: ChannelAnswer;
  readonly nowMs: number;
  /** The page shows another point of the history, which these facts do not follow. */
  readonly isPast: boolean;
}

/** What is asked, by when, and who is waited for now. */
export function ChannelFacts({ channel, nowMs, isPast }: ChannelFactsProps): VNode {
  const { row, entries, headHash, fault } = channel;
  const { state, waitsFor, waitingSinceMs, expiresAtMs, openedAtMs, memo, satoshis, txids } = row;
  const isOver = state === "expired" || state === "closed" || state === "damaged";
  return (
    <section class="card" aria-label="The channel now">
      <h2>Now</h2>
      {isPast && <p class="quiet small">The channel as it is now; the slider does not move this.</p>}
      {fault !== null && (
        <p class="notice bad">
          <strong>The log cannot be told further.</strong> {visibleText(fault)}
        </p>
      )}
      <dl class="facts">
        <Fact name="Asked">
          {satoshis === null ? <span class="quiet">no terms that tell an amount</span> : <Amount satoshis={satoshis} />}
        </Fact>
        {memo !== null && (
          <Fact name="Memo">
            <bdi>{visibleText(memo)}</bdi>
          </Fact>
        )}
        <Fact name="Waits for">
          {waitsFor === null ? (
            <span class="quiet">no party: {stateText(state)}</span>
          ) : (
            <>
              the {waitsFor}, for <span class="number">{spanText(nowMs - waitingSinceMs)}</span>
            </>
          )}
        </Fact>
        <Fact name="Deadline">
          <Moment atMs={expiresAtMs} />
          <br />
          <strong class="number">{deadlineText(expiresAtMs - nowMs, isOver)}</strong>
        </Fact>
        <Fact name="Opened">
          <Moment atMs={openedAtMs} />
        </Fact>
        {txids.length > 0 && (
          <Fact name={txids.length === 1 ? "Transaction" : "Transactions"}>
            {txids.map((txid) => (
              <span class="mono block">{txid}</span>
            ))}
          </Fact>
        )}
        <Fact name="Log">
          {entries.length} events; head <span class="mono">{headHash.slice(0, 16)}…</span>
        </Fact>
      </dl>
    </section>
  );
}

function deadlineText(leftMs: number, isOver: boolean): string {
  if (isOver) return "the channel has ended";
  return leftMs > 0 ? `in ${countdownText(leftMs)}` : `over for ${spanText(-leftMs)}`;
}

interface ConnectionsProps {
  readonly connections: readonly ConnectionView[];
  readonly nowMs: number;
  /** The event of the past that the page stands at; null: the last one. */
  readonly pastEvent: number | null;
}

/** Connections that the log knows at the point that is shown, and whether they are there now. */
export function Connections({ connections, nowMs, pastEvent }: ConnectionsProps): VNode {
  const words = pastEvent === null ? liveWords : pastWords;
  return (
    <section class="card" aria-label="Connections">
      <h2>Connections</h2>
      {pastEvent !== null && (
        <p class="quiet small">
          Those that had joined or spoken by event {pastEvent}. Who was connected at that moment is not in the log: the
          marks are of now.
        </p>
      )}
      {connections.length === 0 && <p class="quiet">No wallet {pastEvent === null ? "has" : "had"} joined.</p>}
      <ul class="connections">
        {connections.map(({ connectionId, nodeId, role, is, lastSeenMs }) => (
          <li key={connectionId}>
            <span>
              <strong>{role ?? "no role yet"}</strong>{" "}
              <span class={is === "here" ? "chip good" : "chip"}>{words[is]}</span>
            </span>
            <span class="small quiet">
              node <span class="mono">{visibleText(nodeId.slice(0, 8))}</span>, connection{" "}
              <span class="mono" title={visibleText(connectionId)}>
                {visibleText(connectionId.slice(0, 8))}
              </span>
              , last in the log {pastEvent === null ? "" : "by then "}
              <Ago atMs={lastSeenMs} nowMs={nowMs} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

type Words = Readonly<Record<ConnectionView["is"], string>>;
const liveWords: Words = { here: "connected", gone: "gone", unknown: "not known" };
const pastWords: Words = { here: "connected now", gone: "gone now", unknown: "not known now" };

interface ProofsProps {
  readonly proofs: readonly ProofAt[];
  /** The event of the past that the page stands at; null: the last one. */
  readonly pastEvent: number | null;
}

/** What miners had proved at the point that is shown, and how far it was verified. */
export function Proofs({ proofs, pastEvent }: ProofsProps): VNode {
  return (
    <section class="card" aria-label="Proofs">
      <h2>Proofs</h2>
      {pastEvent !== null && <p class="quiet small">As they stood at event {pastEvent}.</p>}
      {proofs.length === 0 && <p class="quiet">No miner {pastEvent === null ? "has" : "had"} sent a proof.</p>}
      <ul class="connections">
        {proofs.map((proof) => (
          <li key={proof.streamVersion}>
            <span>
              <span class={proof.stands ? (proof.status === "verified" ? "chip good" : "chip warn") : "chip bad"}>
                {proof.stands ? proof.status : "revoked"}
              </span>{" "}
              {proof.blockHeight !== null && <strong>block {proof.blockHeight}</strong>}
            </span>
            <span class="small">{verificationText(proof)}</span>
            <dl class="facts small">
              <Fact name="Transaction">
                <span class="mono">{proof.txid}</span>
              </Fact>
              {proof.blockHash !== null && (
                <Fact name="Block">
                  <span class="mono">{proof.blockHash}</span>
                </Fact>
              )}
              <Fact name="Merkle root">
                <span class="mono">{proof.merkleRoot}</span>
              </Fact>
              <Fact name="Came by">
                {proof.source === "arc" ? "ARC" : "mAPI"}, sequence {proof.streamVersion}
              </Fact>
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}

function verificationText({ status, stands }: ProofAt): string {
  if (!stands) return "A miner said after it that its block left the chain.";
  return status === "verified"
    ? "The Merkle path leads from the transaction to the root, and the source of headers knows the block with that root."
    : "The Merkle path leads from the transaction to the root. Whether a block has that root, no source of headers has said.";
}
