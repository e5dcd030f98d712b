/** Asks what a new workflow is called, and opens the editor; or takes a document from a file. */
import { useState, type SyntheticEvent } from "react";
import { Field, Input } from "../../kit";
import { edit as text } from "../../messages/en/edit";
import { navigate, useQuery } from "../router";
import { useTitle } from "../title";
import { FromFile } from "./FromFile";
import { nameFor } from "./names";

export default function NewPage() {
  useTitle(text.newTitle);
  const [wish] = useQuery("title");
  const [title, setTitle] = useState(wish);
  const name = nameFor(title);
  const isNameless = title.trim() !== "" && name === "";
  const go = (event: SyntheticEvent) => {
    event.preventDefault();
    if (name !== "") navigate(`/workflows/${encodeURIComponent(name)}/edit?title=${encodeURIComponent(title)}`);
  };
  return (
    <div className="narrow new-workflow">
      <form className="stack" onSubmit={go}>
        <h1>{text.newTitle}</h1>
        <Field label={text.newName} hint={name === "" ? text.newHint : text.newAddress(name)} error={isNameless ? text.newNameless : undefined}>
          {(tied) => <Input {...tied} autoFocus required value={title} onChange={setTitle} />}
        </Field>
        <p><button className="button primary" type="submit">{text.create}</button></p>
      </form>
      <FromFile />
    </div>
  );
}
