import { ackOutcome, formerAckOutcome } from "@p4/protocol";
import { describe, expect, it } from "vitest";

describe("the outcome of an ack", () => {
  it.each([
    [null, null],
    ["{}", null],
    ['{"error":0,"memo":"thank you"}', "thank you"],
    ['{"id":"","tx_id":"","memo":"","peer_channel":null}', ""],
    ['{"error":null}', null],
    ['{"error":false}', null],
    ['{"error":""}', null],
    ['{"error":"0"}', null],
    ['{"error":-0.0}', null],
    ['{"Error":0,"Memo":"ok"}', "ok"],
    ['{"success":true}', null],
    ['{"success":"true","memo":"ok"}', "ok"],
    ['{"Success":1}', null],
    ['{"success":null}', null],
    ['{"modeId":"ef63d9775da5","mode":{"transactionIds":[]},"redirectUrl":null}', null],
    ['"text"', null],
    ["not JSON", null],
  ])("%s: accepted", (bodyText, memo) => {
    expect(ackOutcome(bodyText)).toEqual({ accepted: true, memo });
  });

  it.each([
    ['{"error":1,"memo":"expired"}', "expired"],
    ['{"error":2,"memo":"declined"}', "declined"],
    ['{"error":2147483648}', null],
    ['{"error":-1,"memo":"declined"}', "declined"],
    ['{"error":"1"}', null],
    ['{"error":"insufficient"}', "insufficient"],
    ['{"error":"insufficient","memo":"declined"}', "declined"],
    ['{"error":true}', null],
    ['{"error":{"code":422,"message":"declined"}}', "declined"],
    ['{"error":{}}', null],
    ['{"error":[]}', null],
    ['{"Error":1,"Memo":"declined"}', "declined"],
    ['{"ERROR":1}', null],
    ['{"error":0,"Error":1}', null],
    ['{"Error":1,"error":0,"memo":"b","Memo":"a"}', "b"],
    ['{"success":false,"memo":"declined"}', "declined"],
    ['{"payment":{},"success":"false"}', null],
    ['{"success":0}', null],
    ['{"success":"maybe"}', null],
    ['{"success":true,"error":1}', null],
    ['{"error":0,"success":false}', null],
  ])("%s: refused", (bodyText, memo) => {
    expect(ackOutcome(bodyText)).toEqual({ accepted: false, memo });
  });

  it("can be had as servers read it before", () => {
    expect(formerAckOutcome('{"Error":1,"Memo":"no"}')).toEqual({ accepted: true, memo: null });
    expect(formerAckOutcome('{"success":false,"memo":"no"}')).toEqual({ accepted: true, memo: "no" });
    expect(formerAckOutcome('{"error":"insufficient"}')).toEqual({ accepted: false, memo: null });
    expect(formerAckOutcome(null)).toEqual({ accepted: true, memo: null });
  });
});
