/** What the pages of one's own account, and that of a folder, say. */
import { counted } from "../words";

export const account = {
  password: {
    title: "Change password",
    old: "Old password",
    new: "New password",
    again: "New password again",
    button: "Change password",
    done: "Your password is changed. Your other sessions were logged out.",
    differ: "This is not the same as the new password.",
    missing: "A value is needed here.",
    failed: "The password was not changed.",
  },
  folder: {
    lead: (count: number) => `A folder with ${counted(count, "file")}.`,
    file: "File",
    size: "Size",
    more: (count: number) => `And ${count} more.`,
    missing: "This address names no folder.",
  },
} as const;
