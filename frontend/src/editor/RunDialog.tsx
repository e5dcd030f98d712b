/** Asks for the inputs of a trial: of the draft, or of one step. */
import { api } from "../api/client";
import { InputFields, WrongFields } from "../inputs/InputFields";
import type { Port } from "../inputs/rules";
import { useForm } from "../inputs/useForm";
import { useSending } from "../inputs/useSending";
import { Button } from "../kit/controls";
import { Dialog, Notice } from "../kit/frames";
import { editor } from "../messages/en/editor";
import type { Run } from "../run-states/states";
import type { Trial } from "./trials";

const text = editor.run;

interface Props {
  readonly trial: Trial;
  readonly onBegun: (run: Run) => void;
  readonly onClose: () => void;
}

export function RunDialog({ trial, onBegun, onClose }: Props) {
  const ports = trial.ports as readonly Port[];
  const form = useForm(ports, trial.values);
  const sending = useSending({
    form,
    send: async (inputs, key) => {
      const begun = await api.post("/api/v1/runs", { body: { ...trial.of, inputs }, headers: { "Idempotency-Key": key } });
      onBegun(begun);
    },
  });
  return (
    <Dialog
      open
      wide
      title={trial.title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button kind="primary" type="submit" form="trial" busy={sending.state !== "idle"}>{sending.state === "waiting" ? text.waits : text.go}</Button>
        </>
      }
    >
      <p className="muted small">{trial.hint}</p>
      {sending.error !== "" && <Notice tone="bad" alert><p>{sending.error}</p></Notice>}
      {sending.tried && <WrongFields ports={ports} form={form} id="trial" />}
      <form
        id="trial"
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          sending.submit();
        }}
      >
        <InputFields ports={ports} form={form} id="trial" />
      </form>
    </Dialog>
  );
}
