// Before anything is painted: the theme that was chosen here, so that nothing flashes.
try {
  const chosen = localStorage.getItem("tarry.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // no storage: the system's theme
}
