import { describe, expect, test } from "vitest";
import { Stream, type News, type Source } from "./stream";

class Puppet implements Source {
  readyState = 0;
  private readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();
  constructor(readonly url: string) {}
  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(kind, listener);
  }
  close(): void {
    this.readyState = 2;
  }
  emit(kind: string, data = "{}", lastEventId = ""): void {
    if (kind === "open") this.readyState = 1;
    this.listeners.get(kind)?.({ data, lastEventId } as MessageEvent<string>);
  }
}

function world() {
  const opened: Puppet[] = [];
  const waits: { go: () => void; ms: number }[] = [];
  const told: News[] = [];
  const stream = new Stream("/events", (news) => told.push(news), {
    open: (url) => {
      const source = new Puppet(url);
      opened.push(source);
      return source;
    },
    later: (go, ms) => {
      waits.push({ go, ms });
      return () => undefined;
    },
  });
  const source = () => {
    const last = opened.at(-1);
    if (!last) throw new Error("nothing was opened");
    return last;
  };
  return { stream, opened, waits, told, source };
}

describe("the event stream", () => {
  test("tells what happened", () => {
    const { stream, told, source } = world();
    stream.start();
    source().emit("open");
    source().emit("changed", '{"run":"r1","kind":"run.ended","at":"now"}', "7");
    source().emit("look");
    expect(told).toEqual([{ kind: "open" }, { kind: "changed", run: "r1", what: "run.ended", at: "now" }, { kind: "look" }]);
  });

  test("lets the browser try again by itself after a break", () => {
    const { stream, opened, told, source } = world();
    stream.start();
    source().emit("open");
    source().readyState = 0;
    source().emit("error");
    expect(told.at(-1)).toEqual({ kind: "lost" });
    expect(opened).toHaveLength(1);
  });

  test("is opened again after a refusal, later each time, after the event that was seen last", () => {
    const { stream, opened, waits, told, source } = world();
    stream.start();
    source().emit("open");
    source().emit("changed", '{"run":"r1"}', "7");
    for (const pause of [1000, 2000, 4000]) {
      source().readyState = 2;
      source().emit("error");
      expect(told.at(-1)).toEqual({ kind: "refused" });
      expect(waits.at(-1)?.ms).toBe(pause);
      waits.at(-1)?.go();
    }
    expect(opened.at(-1)?.url).toBe("/events?last_event_id=7");
    source().emit("open");
    source().readyState = 2;
    source().emit("error");
    expect(waits.at(-1)?.ms).toBe(1000);
  });

  test("begins anew for somebody else", () => {
    const { stream, opened, source } = world();
    stream.start();
    source().emit("changed", '{"run":"r1"}', "7");
    stream.restart();
    expect(opened[0]?.readyState).toBe(2);
    expect(opened.at(-1)?.url).toBe("/events");
  });

  test("does not break on what it cannot read", () => {
    const { stream, told, source } = world();
    stream.start();
    source().emit("changed", "no json", "8");
    expect(told).toEqual([{ kind: "changed", run: "", what: "", at: "" }]);
  });
});
