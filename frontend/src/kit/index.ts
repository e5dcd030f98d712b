/** The shared controls of the portal and the editor. */
export * from "./controls";
export * from "./frames";
export * from "./icons";
export * from "./toasts";
