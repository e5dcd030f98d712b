/** Sends a form made of ports: once, however often it is clicked, and after what is still being uploaded. */
import { useEffect, useRef, useState } from "react";
import { Problem, wordsOf } from "../api/client";
import type { Form } from "./useForm";

export interface Sending {
  /** `waiting`: for uploads. It stays `sending` once it was sent well: the form is left then. */
  readonly state: "idle" | "waiting" | "sending";
  /** It was sent, or tried to be. */
  readonly tried: boolean;
  /** What went wrong that belongs to no field. */
  readonly error: string;
  readonly submit: () => void;
}

interface How {
  readonly form: Form;
  /** Sends the values; the key names the request, so that it begins one run however often it is sent. */
  readonly send: (values: Record<string, string>, key: string) => Promise<void>;
  /** Something is wrong, and said. */
  readonly onWrong?: () => void;
}

export function useSending({ form, send, onWrong }: How): Sending {
  const [state, setState] = useState<Sending["state"]>("idle");
  const [tried, setTried] = useState(false);
  const [error, setError] = useState("");
  const key = useRef("");

  const go = async () => {
    const values = form.submit();
    setTried(true);
    setError("");
    if (values === null) {
      setState("idle");
      onWrong?.();
      return;
    }
    setState("sending");
    key.current ||= newKey();
    try {
      await send(values, key.current);
    } catch (failure) {
      setState("idle");
      if (failure instanceof Problem && !mayHaveBegun(failure)) key.current = ""; // it was answered: another try is another request
      const port = failure instanceof Problem ? failure.facts.port : undefined;
      if (!(port && form.refuse(port, wordsOf(failure)))) setError(wordsOf(failure));
      onWrong?.();
    }
  };

  const newest = useRef(go);
  useEffect(() => {
    newest.current = go;
  });
  useEffect(() => {
    if (state === "waiting" && !form.uploading) void newest.current();
  }, [state, form.uploading]);

  const submit = () => {
    if (state !== "idle") return;
    if (form.uploading) setState("waiting");
    else void go();
  };
  return { state, tried, error, submit };
}

/** Whether nobody knows what became of a request: a proxy has given up, or the first try is still under way. */
function mayHaveBegun({ status, code }: Problem): boolean {
  return status >= 500 || code === "request-in-flight";
}

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
