/** Asks what a new workflow is called, and opens the editor. */
import { useState, type SyntheticEvent } from "react";
import { Field, Input } from "../../kit";
import { edit as text } from "../../messages/en/edit";
import { navigate, useQuery } from "../router";
import { useTitle } from "../title";

/** Makes a name for addresses out of a title. */
function nameFor(title: string): string {
  return title.normalize("NFKD").replace(/[^A-Za-z0-9_.-]+/g, "_").replace(/^[.-]+|_+$/g, "").slice(0, 100);
}

export default function NewPage() {
  useTitle(text.newTitle);
  const [wish] = useQuery("title");
  const [title, setTitle] = useState(wish);
  const name = nameFor(title);
  const go = (event: SyntheticEvent) => {
    event.preventDefault();
    if (name !== "") navigate(`/workflows/${encodeURIComponent(name)}/edit?title=${encodeURIComponent(title)}`);
  };
  return (
    <form className="stack narrow" onSubmit={go}>
      <h1>{text.newTitle}</h1>
      <Field label={text.newName} hint={name === "" ? text.newHint : text.newAddress(name)}>
        {(tied) => <Input {...tied} autoFocus required value={title} onChange={setTitle} />}
      </Field>
      <p><button className="button primary" type="submit">{text.create}</button></p>
    </form>
  );
}
