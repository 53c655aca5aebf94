import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";

/** A visitor's view of the messenger, on a page or in a frame. */
export class Messenger {
  readonly heading: Locator;
  readonly log: Locator;
  readonly textbox: Locator;
  readonly send: Locator;
  /** What is wrong, in words. */
  readonly alert: Locator;
  readonly loadMore: Locator;
  /** Everything in the log that somebody said. */
  readonly messages: Locator;

  constructor(readonly place: Page | FrameLocator) {
    this.heading = place.getByRole("heading", { level: 1 });
    this.log = place.getByRole("log", { name: "Messages" });
    this.textbox = place.getByRole("textbox", { name: "Type a message..." });
    this.send = place.getByRole("button", { name: "Send", exact: true });
    this.alert = place.getByRole("alert");
    this.loadMore = this.log.getByRole("button", { name: "Load more" });
    this.messages = this.log.locator("[data-role]");
  }

  /** The messages that say `text` and nothing else. */
  message(text: string): Locator {
    return this.messages.filter({ has: this.log.page().getByText(text, { exact: true }) });
  }

  /** Where the log says how far an own message got. */
  status(text: "Sending..." | "Delivered" | "Seen"): Locator {
    return this.log.getByText(text, { exact: true });
  }

  /** Something that is said beside the log: on the connection, or on who is typing. */
  notice(text: string | RegExp): Locator {
    return this.place.getByRole("status").filter({ hasText: text });
  }

  async says(text: string): Promise<void> {
    await this.textbox.fill(text);
    await this.send.click();
  }

  /** Sends `text`; the server has it when this returns. */
  async delivers(text: string): Promise<void> {
    await this.says(text);
    await expect(this.message(text)).toHaveCount(1);
    await expect(this.status("Delivered")).toHaveCount(1);
  }

  /** The id of the conversation shown, once there is one. */
  async conversation(): Promise<string> {
    await expect(this.log).toHaveAttribute("data-conversation-id", /^[0-9a-f]{24}$/);
    return (await this.log.getAttribute("data-conversation-id")) ?? "";
  }

  /** The numbers in messages such as `message 12`, from top to bottom. */
  async numbers(): Promise<number[]> {
    const texts = await this.messages.allInnerTexts();
    return texts.map((text) => Number(/message (\d+)/.exec(text)?.[1]));
  }
}

/** From `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
