// A copy on this device of what the server has not confirmed yet.
const PREFIX = "draft:";

export class LocalCopies {
  constructor(owner, id) {
    this.mine = `${PREFIX}${owner}:`;
    this.key = `${this.mine}${id}`;
  }

  keep(copy) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ ...copy, at: Date.now() }));
      return true;
    } catch {
      return false; // private mode or full
    }
  }

  drop(key = this.key) {
    try { localStorage.removeItem(key); } catch { /* private mode */ }
  }

  read(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  }

  // What this device holds beyond the save the server names ("window:n").
  unsaved(serverStamp) {
    const copy = this.read(this.key);
    if (!copy) return null;
    const [tab, n] = serverStamp.split(":");
    if (copy.tab === tab && copy.n <= Number(n)) {
      this.drop();
      return null;
    }
    return { ...copy, key: this.key };
  }

  // A post that never reached the server, from an earlier visit.
  orphan() {
    try {
      for (const key of Object.keys(localStorage)) {
        const copy = key.startsWith(this.mine) && key !== this.key ? this.read(key) : null;
        if (copy?.fresh) return { ...copy, key };
      }
    } catch { /* private mode */ }
    return null;
  }
}
