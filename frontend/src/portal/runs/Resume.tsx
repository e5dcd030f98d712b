/** Goes on where a run has ended, with the same inputs or with changed ones. */
import { api } from "../../api/client";
import { InputFields, WrongFields } from "../../inputs/InputFields";
import { useForm } from "../../inputs/useForm";
import { useSending } from "../../inputs/useSending";
import { Button, Dialog, Notice } from "../../kit";
import { text } from "../../messages/en";
import { navigate } from "../router";
import { changesOf } from "./model/changes";
import type { Port, Run } from "./model/run";

const words = text.runs;

export function Resume({ run, onClose }: { run: Run; onClose: () => void }) {
  const ports = run.input_ports as Port[];
  const form = useForm(ports, run.inputs);
  const sending = useSending({
    form,
    send: async (values, key) => {
      const inputs = changesOf(ports, run.inputs, values);
      const begun = await api.post("/api/v1/runs/{run}/resume", { path: { run: run.id }, body: { inputs, tell: [] }, headers: { "Idempotency-Key": key } });
      onClose();
      navigate(`/runs/${begun.id}`);
    },
  });
  return (
    <Dialog
      open
      wide
      title={words.resumeTitle}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text.kit.cancel}</Button>
          <Button kind="primary" busy={sending.state !== "idle"} onClick={sending.submit}>{words.resumeYes}</Button>
        </>
      }
    >
      <p className="muted">{words.resumeHint}</p>
      {sending.error && <Notice tone="bad" alert><p>{sending.error}</p></Notice>}
      {sending.tried && <WrongFields ports={ports} form={form} id="resume" />}
      {ports.some((port) => port.type === "secret") && <p className="muted">{words.secretsAgain}</p>}
      <div className="stack">
        <InputFields ports={ports} form={form} id="resume" />
      </div>
    </Dialog>
  );
}
