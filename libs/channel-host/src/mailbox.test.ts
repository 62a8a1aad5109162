import { describe, expect, it } from "vitest";
import { Mailbox } from "./mailbox.ts";

describe("Mailbox", () => {
  it("lets one pass at a time, in the order in which they came", async () => {
    const mailbox = new Mailbox();
    const trace: string[] = [];
    const pass = async (name: string) => {
      await mailbox.takeTurn();
      trace.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      trace.push(`${name} ends`);
      mailbox.endTurn();
    };
    await Promise.all(["a", "b", "c"].map(pass));
    expect(trace).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("lets pass without a wait what finds it free", () => {
    const mailbox = new Mailbox();
    expect(mailbox.takeTurn()).toBeNull();
    expect(mailbox.takeTurn()).toBeInstanceOf(Promise);
    mailbox.endTurn();
    mailbox.endTurn();
    expect(mailbox.takeTurn()).toBeNull();
  });

  it("keeps newcomers out between the end of one turn and the beginning of the next", async () => {
    const mailbox = new Mailbox();
    void mailbox.takeTurn();
    const second = mailbox.takeTurn();
    mailbox.endTurn();
    expect(mailbox.takeTurn()).toBeInstanceOf(Promise);
    await second;
  });
});
