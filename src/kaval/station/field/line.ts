// Requests to the station that are tried again when the connection breaks, with the progress of what is sent.

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Ask {
  /** Made anew for every try. */
  readonly body?: () => XMLHttpRequestBodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the body that went, and of how many. */
  readonly sent?: (went: number, of: number) => void;
}

/** What a person must do something about; the message says what. */
export class Refused extends Error {}
class Lost extends Error {}

const TRIES = 4;
const WAIT_MS = 1500;
const SIGNED_OUT = "You are signed out, or this is not yours to do. Sign in again in another window, then try again.";

export class Line {
  constructor(
    private readonly token: string,
    private readonly say: (text: string) => void,
  ) {}

  get(url: string): Promise<Answer> {
    return this.tried("GET", url, {});
  }

  post(url: string, ask: Ask): Promise<Answer> {
    return this.tried("POST", url, ask);
  }

  /** Gives 200, and 409 where the station says how to go on. Throws `Refused` for everything else. */
  private async tried(method: string, url: string, ask: Ask): Promise<Answer> {
    for (let tried = 1; ; tried += 1) {
      try {
        const answer = await this.once(method, url, ask);
        if (answer.status >= 500) throw new Lost("The station stumbled");
        return understood(answer);
      } catch (problem) {
        if (!(problem instanceof Lost)) throw problem;
        if (tried >= TRIES) throw new Refused(`${problem.message}. What came so far is kept: try again.`);
        this.say(`${problem.message}; trying again.`);
        await pause(WAIT_MS * tried);
      }
    }
  }

  private once(method: string, url: string, ask: Ask): Promise<Answer> {
    return new Promise((settle, reject) => {
      const asked = new XMLHttpRequest();
      asked.open(method, url);
      const headers = { Accept: "application/json", "X-CSRFToken": this.token, ...ask.headers };
      for (const [name, value] of Object.entries(headers)) asked.setRequestHeader(name, value);
      const sent = ask.sent;
      if (sent) asked.upload.addEventListener("progress", (event) => sent(event.loaded, event.total));
      asked.addEventListener("load", () => settle(answerOf(asked)));
      asked.addEventListener("error", () => reject(new Lost("The connection was lost")));
      asked.send(ask.body?.() ?? null);
    });
  }
}

export function pause(ms = WAIT_MS): Promise<void> {
  return new Promise((settle) => setTimeout(settle, ms));
}

function understood(answer: Answer): Answer {
  const { status, body } = answer;
  if (status === 200 || (status === 409 && ("held" in body || body["code"] === "RUNNING"))) return answer;
  if (status === 401 || status === 403 || status === 404) throw new Refused(SIGNED_OUT);
  const [text, mend] = [body["problem"] ?? "The station could not take this", body["mend"]];
  throw new Refused(mend ? `${text}. ${mend}` : String(text));
}

function answerOf(asked: XMLHttpRequest): Answer {
  // Somebody signed out meanwhile is led to the page for signing in, which is no answer.
  if (!asked.getResponseHeader("Content-Type")?.startsWith("application/json")) {
    return { status: asked.status === 200 ? 401 : asked.status, body: {} };
  }
  return { status: asked.status, body: JSON.parse(asked.responseText) as Answer["body"] };
}
