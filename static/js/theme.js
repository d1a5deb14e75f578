// Runs before the first paint, so that a chosen scheme does not flash and the menu's place is kept for who is signed in.
try {
  const saved = localStorage.getItem("theme");
  if (saved) document.documentElement.dataset.theme = saved;
} catch { /* private mode */ }
if (document.cookie.split("; ").includes("signed_in=1")) document.documentElement.dataset.signedIn = "";
