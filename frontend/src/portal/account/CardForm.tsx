/** A small form of one's own account. */
import { useId, type ReactNode, type SyntheticEvent } from "react";
import { Button, Notice } from "../../kit";

interface Props {
  title: string;
  error: string;
  submit: string;
  busy: boolean;
  onSubmit: (event: SyntheticEvent) => void;
  children: ReactNode;
  id?: string;
}

export function CardForm({ title, error, submit, busy, onSubmit, children, id }: Props) {
  const name = useId();
  return (
    <form className="card form" id={id} onSubmit={onSubmit} noValidate aria-labelledby={name}>
      <h2 id={name}>{title}</h2>
      {error && <Notice tone="bad" alert><p>{error}</p></Notice>}
      {children}
      <p className="row"><Button type="submit" kind="primary" busy={busy}>{submit}</Button></p>
    </form>
  );
}
