/** What can be done with a run as a whole. */
import { useState } from "react";
import { api, wordsOf } from "../../api/client";
import { useMe } from "../../api/session";
import { Button, Confirm, Menu, toast } from "../../kit";
import { text } from "../../messages/en";
import { Link, navigate } from "../router";
import { isAbortable, isOver } from "../../run-states/states";
import { mayRepeat, type Run } from "./model/run";
import { asCurl, asPython } from "./model/snippets";

const words = text.runs;

/** Does all of a run again, with the same inputs. */
export async function runAgain(run: string): Promise<void> {
  try {
    const begun = await api.post("/api/v1/runs/{run}/rerun", { path: { run }, body: { inputs: {}, tell: [] } });
    navigate(`/runs/${begun.id}`);
    toast(words.begunAgain);
  } catch (error) {
    toast(wordsOf(error));
  }
}

async function copy(what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(what);
    toast(words.copied);
  } catch {
    toast(words.notCopied);
  }
}

/** Whether a run can be repeated without asking for anything: secrets are not kept. */
function isComplete(run: Run): boolean {
  return !run.input_ports.some((port) => port.type === "secret");
}

export function Actions({ run, may, onChanged }: { run: Run; may: boolean; onChanged: () => void }) {
  const [asking, setAsking] = useState(false);
  const rights = useMe()?.rights;
  const develops = rights?.includes("develop") ?? false;
  const abort = async () => {
    try {
      await api.post("/api/v1/runs/{run}/abort", { path: { run: run.id } });
      onChanged();
    } catch (error) {
      toast(wordsOf(error));
    }
    setAsking(false);
  };
  return (
    <div className="row">
      {may && isAbortable(run) && <Button kind="danger" onClick={() => setAsking(true)}>{words.abort}</Button>}
      {may && isOver(run) && run.trial === null && (
        <Link className="button" to={`/workflows/${encodeURIComponent(run.workflow)}/start?like=${run.id}`}>{words.againOther}</Link>
      )}
      <Menu label={<span>{words.actions} <span aria-hidden="true">▾</span></span>} className="run-menu">
        {mayRepeat(run, rights) && isComplete(run) && <button type="button" data-closes onClick={() => void runAgain(run.id)}>{words.againSame}</button>}
        <button type="button" data-closes onClick={() => void copy(asPython(run, location.origin))}>{words.pythonCopy}</button>
        <button type="button" data-closes onClick={() => void copy(asCurl(run, location.origin))}>{words.curlCopy}</button>
        {develops && run.trial !== "service" && <Link to={`/workflows/${encodeURIComponent(run.workflow)}/edit?run=${run.id}`}>{words.editor}</Link>}
        {run.trial === "service" ? (
          <Link to={`/services/${encodeURIComponent(run.workflow)}`}>{words.toService}</Link>
        ) : (
          <Link to={`/workflows/${encodeURIComponent(run.workflow)}`}>{words.toWorkflow}</Link>
        )}
      </Menu>
      <Confirm open={asking} title={words.abortTitle} yes={words.abortYes} no={words.abortNo} danger onYes={abort} onClose={() => setAsking(false)}>
        <p>{words.abortHint}</p>
      </Confirm>
    </div>
  );
}
