// Requests to the server, and the events of an answer as it is made.

export class Failure extends Error {
  constructor(message, { fix = null, code = "", status = 0 } = {}) {
    super(message);
    Object.assign(this, { fix, code, status });
  }
}

let askForKey = async () => false;

/** `ask` shows a form for the key, and says whether to try again. */
export function whenKeyIsMissing(ask) {
  askForKey = ask;
}

async function send(method, path, body, signal) {
  const options = { method, signal, credentials: "same-origin", headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("The server does not answer.", { fix: "ragft serve" });
  }
  if (response.ok) return response;
  const failure = await failureOf(response);
  if (failure.code === "invalid_api_key" && path !== "/key" && (await askForKey())) {
    return send(method, path, body, signal);
  }
  throw failure;
}

async function failureOf(response) {
  try {
    const { error } = await response.json();
    return new Failure(error.message, { fix: error.fix, code: error.code, status: response.status });
  } catch {
    return new Failure(`The server answered ${response.status}.`, { status: response.status });
  }
}

export async function get(path) {
  return (await send("GET", path)).json();
}

export async function post(path, body) {
  const response = await send("POST", path, body);
  return response.status === 204 ? null : response.json();
}

export async function remove(path) {
  return (await send("DELETE", path)).json();
}

/** The server-sent events of a POST, as [name, data], one after the other. */
export async function* events(path, body, signal) {
  const response = await send("POST", path, body, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const event = eventOf(block);
      if (event) yield event;
    }
  }
}

function eventOf(block) {
  let name = "message";
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? [name, JSON.parse(data.join("\n"))] : null;
}

/** Send files; `progress` is given shares from 0 to 1. XMLHttpRequest, since fetch does not say how much has left. */
export function upload(path, files, progress) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => reject(new Failure("The files could not be sent.", { fix: "send fewer at once" }));
    request.onload = () => {
      const { response, status } = request;
      if (status < 400) return resolve(response);
      const error = response?.error || {};
      reject(new Failure(error.message || `The server answered ${status}.`, { ...error, status }));
    };
    request.send(form);
  });
}

/** Look at a job until it ends; `seen` is given each state. */
export async function follow(job, seen) {
  let state = job;
  seen(state);
  while (state.ended === null) {
    await new Promise((resolve) => setTimeout(resolve, 600));
    state = await get(`/jobs/${encodeURIComponent(job.id)}`);
    seen(state);
  }
  return state;
}
