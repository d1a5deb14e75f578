// Runs before the first paint, so that a chosen scheme does not flash.
try {
  const saved = localStorage.getItem("theme");
  if (saved) document.documentElement.dataset.theme = saved;
} catch { /* private mode */ }
