import type { BrowserContext, ConsoleMessage } from "@playwright/test";

/**
 * Listens for everything that a page should never make the browser say: errors and warnings in the console (violations
 * of the content security policy are among them), exceptions, dialogs.
 */
export class Guard {
  private readonly findings: string[] = [];
  private readonly expected: RegExp[] = [];

  watch(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.note(describe(message));
    });
    context.on("weberror", (error) => this.note(`exception: ${error.error().stack ?? error.error().message}`));
    context.on("dialog", (dialog) => {
      this.note(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** A test that breaks something lets the browser say so. */
  expect(complaint: RegExp): void {
    this.expected.push(complaint);
  }

  /** What was found; empty if all is well. */
  report(): string[] {
    return this.findings.filter((finding) => !this.expected.some((expected) => expected.test(finding)));
  }

  private note(finding: string): void {
    this.findings.push(finding);
  }
}

function describe(message: ConsoleMessage): string {
  return `${message.type()}: ${message.text()} (${message.location().url})`;
}
