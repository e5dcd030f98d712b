/** The status page of a step: written by its service, and trusted with nothing. */
import { useEffect, useRef, useState } from "react";
import { api, wordsOf } from "../../api/client";
import { useLoad } from "../../api/load";
import { Skeleton, toast, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { grown, heard, Letters } from "./model/frame";
import type { Step } from "./model/run";

const words = text.runs;
const LEAST = 260;

interface Props {
  run: string;
  step: Step;
}

/** Finds the address of a step's page, which carries the capability for it, and shows it. */
export function StatusFrame({ run, step }: Props) {
  const key = `frame/${run}/${step.number}`;
  const found = useLoad(key, (signal) => api.get("/api/v1/runs/{run}/steps/{number}/frame", { path: { run, number: step.number }, signal }));
  if (found.data) return <Frame run={run} step={step} address={found.data.address} />;
  return found.error ? <Trouble error={found.error} onRetry={() => void found.reload()} /> : <Skeleton lines={5} />;
}

function Frame({ run, step, address }: Props & { address: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const source = `${address}&tag=${encodeURIComponent(step.page_tag.slice(0, 32))}`;
  const [first] = useState(source);
  const shown = useRef(first);
  /** Which page is in the frame, as it says itself: it may be newer than the news of it. */
  const has = useRef("");
  const [height, setHeight] = useState(LEAST);
  useEffect(() => {
    if (shown.current === source) return;
    shown.current = source;
    // Loaded again, it would lose a click that is under way, and what was typed into it.
    if (has.current === step.page_tag) return;
    has.current = "";
    // Not by `src`: *back* would lead through every percent.
    frame.current?.contentWindow?.location.replace(source);
  }, [source, step.page_tag]);
  useEffect(() => {
    const letters = new Letters(async (message) => {
      try {
        await api.post("/api/v1/runs/{run}/steps/{number}/messages", { path: { run, number: step.number }, body: { message, from_page: true } });
      } catch (error) {
        toast(words.notDelivered(wordsOf(error)));
      }
    });
    const hear = (event: MessageEvent<unknown>) => {
      // A page speaks to its own step and to no other; nobody else is heard.
      if (event.source === null || event.source !== frame.current?.contentWindow) return;
      const said = heard(event.data);
      if (said?.tarry === "height") {
        has.current = said.tag;
        setHeight((was) => grown(was, said.needed, said.given));
      } else if (said?.tarry === "notify") letters.add(said.message);
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, [run, step.number]);
  return (
    <iframe
      ref={frame}
      className="status-frame"
      sandbox="allow-scripts allow-forms"
      allow=""
      referrerPolicy="no-referrer"
      title={words.pageOf(step.name)}
      src={first}
      style={{ height }}
    />
  );
}
