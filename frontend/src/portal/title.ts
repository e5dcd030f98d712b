/** The title of the browser's tab. */
import { useEffect } from "react";
import { text } from "../messages/en";

export function useTitle(page: string): void {
  useEffect(() => {
    document.title = text.shell.title(page);
  }, [page]);
}
