// What the browser remembers. Where it may not, as with all cookies blocked, the page works without.

export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Whether there was room, and leave. */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

export function forgetAll(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was remembered
  }
}
