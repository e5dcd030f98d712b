/** Goes on where a run has ended, with the same inputs or with changed ones. */
import { useEffect, useRef, useState } from "react";
import { api, Problem, wordsOf } from "../../api/client";
import { Button, Dialog, Notice } from "../../kit";
import { text } from "../../messages/en";
import { navigate } from "../router";
import { PortField } from "../start/PortField";
import { useForm } from "../start/useForm";
import { changesOf } from "./model/changes";
import type { Port, Run } from "./model/run";
import "../start/start.css";

const words = text.runs;

export function Resume({ run, onClose }: { run: Run; onClose: () => void }) {
  const ports = run.input_ports as Port[];
  const form = useForm(ports);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const filled = useRef(false);
  useEffect(() => {
    if (!filled.current) form.fill(run.inputs);
    filled.current = true;
  }, [form, run.inputs]);
  const go = async () => {
    const values = form.submit();
    if (values === null) return;
    setBusy(true);
    setError("");
    try {
      const inputs = changesOf(ports, run.inputs, values);
      const begun = await api.post("/api/v1/runs/{run}/resume", { path: { run: run.id }, body: { inputs, tell: [] } });
      onClose();
      navigate(`/runs/${begun.id}`);
    } catch (refused) {
      const port = refused instanceof Problem ? refused.facts.port : undefined;
      if (!(port && form.refuse(port, wordsOf(refused)))) setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      wide
      title={words.resumeTitle}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text.kit.cancel}</Button>
          <Button kind="primary" busy={busy || form.uploading} onClick={() => void go()}>{words.resumeYes}</Button>
        </>
      }
    >
      <p className="muted">{words.resumeHint}</p>
      {error && <Notice tone="bad" alert><p>{error}</p></Notice>}
      {ports.some((port) => port.type === "secret") && <p className="muted">{words.secretsAgain}</p>}
      <div className="stack">
        {ports.map((port) => (
          <PortField
            key={port.name}
            port={port}
            id={`resume-${port.name}`}
            value={form.texts[port.name] ?? ""}
            error={form.errors[port.name]}
            earlier={[]}
            onChange={(value) => form.set(port.name, value)}
            onLeave={() => form.leave(port.name)}
            onUpload={(state) => form.upload(port.name, state)}
          />
        ))}
      </div>
    </Dialog>
  );
}
