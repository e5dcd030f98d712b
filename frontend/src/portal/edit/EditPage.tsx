/** The page on which a workflow is built or changed. */
import { lazy } from "react";
import { edit as text } from "../../messages/en/edit";
import { askBeforeLeaving, Link, useQuery, type Params } from "../router";
import { useTitle } from "../title";
import { useState } from "react";
import { Icon } from "../../kit";

const Editor = lazy(() => import("../../editor/Editor"));

export default function EditPage({ params }: { params: Params }) {
  const name = params.name ?? "";
  const [wish] = useQuery("title");
  const [run, setRun] = useQuery("run");
  const [title, setTitle] = useState(name);
  useTitle(text.pageTitle(title));
  return (
    <Editor
      name={name}
      title={wish}
      onTitle={setTitle}
      guard={askBeforeLeaving}
      run={run}
      onLeaveRun={() => setRun("")}
      links={<Link to={`/workflows/${encodeURIComponent(name)}`} className="button small icon quiet" aria-label={text.back} title={text.back}><Icon name="back" /></Link>}
    />
  );
}
