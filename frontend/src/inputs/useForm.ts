/** The state of a start form: what was typed, what is wrong with it, what is on its way. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { entry, without } from "../graph/document";
import { textsOf, valueOf, valuesOf, type Texts } from "./fields";
import { check, typeOf, type Port } from "./rules";
import type { UploadState } from "./UploadField";

/** After so long without another key, what was typed is looked at. */
const PAUSE_MS = 700;
const AFTER_CLICK_MS = 250;

export interface Form {
  readonly texts: Texts;
  /** What is wrong, of the fields that were looked at. */
  readonly errors: Readonly<Record<string, string>>;
  readonly uploading: boolean;
  readonly set: (name: string, text: string) => void;
  readonly leave: (name: string) => void;
  readonly fill: (values: Readonly<Record<string, string>>) => void;
  readonly upload: (name: string, state: UploadState) => void;
  /** Puts what the server said beside its field; false if there is none. */
  readonly refuse: (name: string, message: string) => boolean;
  /** Looks at everything; gives the values, or null if one cannot be taken for sure. */
  readonly submit: () => Record<string, string> | null;
}

/** `values`: what the fields begin with, besides the defaults. */
export function useForm(ports: readonly Port[], values: Readonly<Record<string, string>> = {}): Form {
  const [texts, setTexts] = useState<Texts>(() => start(ports, values));
  const [looked, setLooked] = useState<ReadonlySet<string>>(new Set());
  const [refusals, setRefusals] = useState<Readonly<Record<string, string>>>({});
  const [uploads, setUploads] = useState<Readonly<Record<string, UploadState>>>({});
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const all = timers.current;
    return () => {
      for (const timer of all.values()) clearTimeout(timer);
    };
  }, []);

  const look = useCallback((name: string) => setLooked((was) => (was.has(name) ? was : new Set(was).add(name))), []);

  const set = useCallback(
    (name: string, text: string) => {
      setTexts((was) => ({ ...was, [name]: text }));
      setRefusals((was) => (Object.hasOwn(was, name) ? without(was, name) : was));
      clearTimeout(timers.current.get(name));
      if (text !== "") timers.current.set(name, setTimeout(() => look(name), PAUSE_MS));
    },
    [look],
  );

  const errors = useMemo(() => {
    const found = ports.flatMap((port): [string, string][] => {
      const wrong = looked.has(port.name) ? check(port, valueOf(port, entry(texts, port.name) ?? ""))?.message : undefined;
      const message = entry(refusals, port.name) ?? wrong;
      return message ? [[port.name, message]] : [];
    });
    return Object.fromEntries(found);
  }, [ports, looked, texts, refusals]);

  return {
    texts,
    errors,
    uploading: Object.values(uploads).includes("busy"),
    set,
    leave: (name) => {
      // Not at once: what is said would push away the button that is just being clicked.
      clearTimeout(timers.current.get(name));
      if ((entry(texts, name) ?? "") !== "") timers.current.set(name, setTimeout(() => look(name), AFTER_CLICK_MS));
    },
    fill: (values) => {
      setTexts(start(ports, values));
      setLooked(new Set());
      setRefusals({});
    },
    upload: useCallback((name: string, state: UploadState) => setUploads((was) => ({ ...was, [name]: state })), []),
    refuse: (name, message) => {
      if (!ports.some((port) => port.name === name)) return false;
      setRefusals((was) => ({ ...was, [name]: message }));
      return true;
    },
    submit: () => {
      setLooked(new Set(ports.map((port) => port.name)));
      const sure = ports.some((port) => check(port, valueOf(port, entry(texts, port.name) ?? ""))?.sure);
      return sure ? null : valuesOf(ports, texts);
    },
  };
}

function start(ports: readonly Port[], values: Readonly<Record<string, string>>): Texts {
  const texts = textsOf(ports, values);
  // What is not ticked is "false", and so it is sent.
  const ticks = ports.filter((port) => typeOf(port) === "boolean" && !port.many && entry(texts, port.name) === "");
  return { ...texts, ...Object.fromEntries(ticks.map((port) => [port.name, "false"])) };
}
