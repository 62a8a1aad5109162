import { Amount, countdownText, Fact, Moment } from "@p4/pages/view";
import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import type { ChannelAnswer, ConnectionView, ProofView } from "../../src/views/views.ts";
import { Ago } from "./moments.tsx";
import { spanText, stateText } from "./words.ts";

/** What is asked, by when, and who is waited for now. */
export function ChannelFacts({ channel, nowMs }: { readonly channel: ChannelAnswer; readonly nowMs: number }): VNode {
  const { row, entries, headHash, fault } = channel;
  const { state, waitsFor, waitingSinceMs, expiresAtMs, openedAtMs, memo, satoshis, txids } = row;
  const isOver = state === "expired" || state === "closed" || state === "damaged";
  return (
    <section class="card" aria-label="The channel now">
      <h2>Now</h2>
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

/** Connections that the log knows, and whether they are there. */
export function Connections({
  connections,
  nowMs,
}: {
  readonly connections: readonly ConnectionView[];
  readonly nowMs: number;
}): VNode {
  return (
    <section class="card" aria-label="Connections">
      <h2>Connections</h2>
      {connections.length === 0 && <p class="quiet">No wallet has joined.</p>}
      <ul class="connections">
        {connections.map(({ connectionId, nodeId, role, is, lastSeenMs }) => (
          <li key={connectionId}>
            <span>
              <strong>{role ?? "no role yet"}</strong>{" "}
              <span class={is === "here" ? "chip good" : "chip"}>
                {is === "here" ? "connected" : is === "gone" ? "gone" : "not known"}
              </span>
            </span>
            <span class="small quiet">
              node <span class="mono">{visibleText(nodeId.slice(0, 8))}</span>, connection{" "}
              <span class="mono" title={visibleText(connectionId)}>
                {visibleText(connectionId.slice(0, 8))}
              </span>
              , last in the log <Ago atMs={lastSeenMs} nowMs={nowMs} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What miners have proved, and how far it was verified. */
export function Proofs({ proofs }: { readonly proofs: readonly ProofView[] }): VNode {
  return (
    <section class="card" aria-label="Proofs">
      <h2>Proofs</h2>
      {proofs.length === 0 && <p class="quiet">No miner has sent a proof.</p>}
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

function verificationText({ status, stands }: ProofView): string {
  if (!stands) return "A miner has said since that its block left the chain.";
  return status === "verified"
    ? "The Merkle path leads from the transaction to the root, and the source of headers knows the block with that root."
    : "The Merkle path leads from the transaction to the root. Whether a block has that root, no source of headers has said.";
}
