// Values that the browser stores for this page. If storage is blocked, as all cookies may be, the page works without.

export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Whether the value was stored: there may be no room, or storage may be blocked. */
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
