/** Tells whether a connection on some node is still there, so that a role whose holder is gone can be given away. */
export interface Presence {
  /**
   * True while the connection lives, and also when its node does not answer in time: a slow node must not lose its
   * roles. False when the node says so, or when no such node is connected to the broker.
   */
  probe(nodeId: string, connectionId: string): Promise<boolean>;
  /** Stops answering for this node. */
  close(): Promise<void>;
}
