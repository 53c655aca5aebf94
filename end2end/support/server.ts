/** What the tests of every kind share: a server a worker, and an app a test. */
import { test as base, expect } from "@playwright/test";
import { HookReceiver } from "./hook_receiver.ts";
import { Parlor, type Shop } from "./parlor.ts";

export { expect };
export const BUSINESS_NAME = "Tea & Co";

interface Fixtures {
  /** An app with a chat page that no other test touches. */
  shop: Shop;
  /** The server said nothing that it should not have to say. */
  quiet: void;
  /** Where the business is called. */
  hooks: HookReceiver;
}

interface WorkerFixtures {
  parlor: Parlor;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  parlor: [
    async ({}, use) => {
      const parlor = await Parlor.start();
      await use(parlor);
      await parlor.remove();
    },
    { scope: "worker" },
  ],
  shop: async ({ parlor }, use) => {
    await use(await parlor.provision(BUSINESS_NAME));
  },
  quiet: [
    async ({ parlor }, use) => {
      const before = parlor.complaints.length;
      await use();
      expect(parlor.complaints.slice(before), "what the server complained about").toEqual([]);
    },
    { auto: true },
  ],
  hooks: async ({}, use) => {
    const hooks = await HookReceiver.listen();
    await use(hooks);
    await hooks.close();
  },
});
