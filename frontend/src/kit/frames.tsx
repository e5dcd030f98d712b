/** What holds content: dialogs, tabs, menus, lists that are empty or not there yet, errors. */
import { Component, useCallback, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { wordsOf } from "../api/client";
import { text } from "../messages/en";
import { Button, classes } from "./controls";

interface DialogProps {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
}

/** A modal dialog: the browser keeps the focus in it, Escape closes it, the focus goes back. */
export function Dialog({ open, title, onClose, children, actions, wide }: DialogProps) {
  const it = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = it.current;
    if (!open || !dialog) return;
    const before = document.activeElement;
    if (!dialog.open) dialog.showModal();
    return () => {
      // The browser gives the focus back when a dialog is closed, not when it is taken out.
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={it}
      className={classes("dialog", wide && "wide")}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === it.current) onClose();
      }}
    >
      <div className="dialog-inside">
        <h2 id={id}>{title}</h2>
        {children}
        {actions && <div className="dialog-actions">{actions}</div>}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  open: boolean;
  title: string;
  children: ReactNode;
  yes: string;
  no?: string;
  danger?: boolean;
  onYes: () => void | Promise<void>;
  onClose: () => void;
}

/** Asks before something that cannot be taken back; the safe answer has the focus. */
export function Confirm({ open, title, children, yes, no = text.kit.cancel, danger, onYes, onClose }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      await onYes();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onClick={onClose}>{no}</Button>
          <Button kind={danger ? "danger-solid" : "primary"} busy={busy} onClick={() => void go()}>{yes}</Button>
        </>
      }
    >
      <div>{children}</div>
    </Dialog>
  );
}

interface TabsProps {
  label: string;
  tabs: readonly { id: string; label: ReactNode; panel: () => ReactNode }[];
  chosen: string;
  onChoose: (id: string) => void;
}

/** Tabs as keyboards know them: arrows move between them, Tab leads into the panel. */
export function Tabs({ label, tabs, chosen, onChoose }: TabsProps) {
  const base = useId();
  const current = tabs.find((tab) => tab.id === chosen) ?? tabs[0];
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === current?.id);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.id);
    document.getElementById(`${base}-${next.id}`)?.focus();
  };
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${base}-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab.id === current?.id}
            aria-controls={`${base}-panel`}
            tabIndex={tab.id === current?.id ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${current?.id ?? ""}`}>
        {current?.panel()}
      </div>
    </>
  );
}

/** A button that opens a short list of links and buttons; Escape and leaving it close it. */
export function Menu({ label, children, className }: { label: ReactNode; children: ReactNode; className?: string }) {
  const [open, setOpen] = useState(false);
  const it = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = useCallback(() => setOpen(false), []);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && !it.current?.contains(event.target)) close();
    };
    addEventListener("pointerdown", outside);
    addEventListener("focusin", outside);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("focusin", outside);
    };
  }, [open, close]);
  return (
    <div
      className={classes("menu", className)}
      ref={it}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        close();
        it.current?.querySelector("button")?.focus();
      }}
    >
      <button type="button" className="menu-button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {label}
      </button>
      {open && (
        <div className="menu-list" id={id} onClick={(event) => {
          if (event.target instanceof Element && event.target.closest("a, [data-closes]")) close();
        }}>
          {children}
        </div>
      )}
    </div>
  );
}

/** Says that there is nothing yet, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="card empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** Stands where something will be in a moment. */
export function Skeleton({ lines = 4, label = text.kit.loading }: { lines?: number; label?: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}

/** Says what went wrong, and offers to try again. */
export function Trouble({ error, onRetry, title = text.kit.trouble }: { error: unknown; onRetry?: () => void; title?: string }) {
  return (
    <div className="notice bad" role="alert">
      <strong>{title}</strong>
      <p>{wordsOf(error)}</p>
      {onRetry && (
        <p>
          <Button small onClick={onRetry}>{text.kit.retry}</Button>
        </p>
      )}
    </div>
  );
}

export function Notice({ tone = "busy", title, children, alert }: { tone?: "busy" | "bad" | "ask" | "good"; title?: ReactNode; children?: ReactNode; alert?: boolean }) {
  return (
    <div className={`notice ${tone}`} role={alert ? "alert" : undefined}>
      {title ? <strong>{title}</strong> : null}
      {children}
    </div>
  );
}

/** How something stands: a word and a shape, never a colour alone. */
export function Badge({ tone, children }: { tone: "idle" | "busy" | "ask" | "good" | "bad" | "off"; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

/** How far something is; without a value, that it goes on. */
export function Progress({ value, label }: { value?: number | null | undefined; label: string }) {
  return <progress className="progress" max={100} value={value ?? undefined} aria-label={label} />;
}

/** A table that scrolls by itself where it is too wide; by keyboard, too. */
export function TableFrame({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className="table">{children}</table>
    </div>
  );
}

/** Keeps an error in one part of the page from taking the rest with it. */
export class ErrorBoundary extends Component<{ children: ReactNode; name?: string }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <div className="notice bad" role="alert">
        <strong>{text.kit.broken}</strong>
        <p>{text.kit.brokenHint}</p>
        <pre>{wordsOf(this.state.error)}</pre>
        <p className="row">
          <Button small onClick={() => this.setState({ error: undefined })}>{text.kit.retry}</Button>
          <Button small onClick={() => location.reload()}>{text.kit.reload}</Button>
        </p>
      </div>
    );
  }
}
