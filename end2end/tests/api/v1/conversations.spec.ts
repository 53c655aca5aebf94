/** A user's one conversation, through the v1.1 client. */
import { expect, ID, NOBODY, refusalV1, test } from "../../../support/api.ts";

const BAD_REQUEST = { status: 400, code: "bad_request" };

test.beforeEach(async ({ v1 }) => {
  await v1.appUsers.create({ appUser: { userId: "ann" } });
});

test("before the first message there is nothing, or nothing in it", async ({ v1 }) => {
  const empty = { conversation: { unreadCount: 0 } };
  const nothing = await v1.conversations.get("ann").catch((error: any) => error);
  if (nothing instanceof Error) expect((nothing as any).response.status).toBe(404);
  else expect(nothing).toMatchObject(empty);
  const page = await v1.appUsers.getMessages("ann").catch((error: any) => error);
  if (page instanceof Error) expect((page as any).response.status).toBe(404);
  else expect(page.messages).toEqual([]);
  const read = await v1.conversations.resetUnreadCount("ann").catch((error: any) => error.response.status);
  if (typeof read === "number") expect(read).toBe(404);
});

test("what the user has not read is counted until it reads", async ({ v1 }) => {
  const unread = async () => (await v1.conversations.get("ann")).conversation.unreadCount;
  for (const role of ["appUser", "appMaker", "appMaker"]) {
    await v1.appUsers.sendMessage("ann", { role, type: "text", text: "Hello" });
  }
  expect((await v1.conversations.get("ann")).conversation._id).toMatch(ID);
  expect(await unread()).toBe(2);
  await v1.conversations.resetUnreadCount("ann");
  expect(await unread()).toBe(0);
});

test("the business types and reads", async ({ v1 }) => {
  await v1.appUsers.sendMessage("ann", { role: "appUser", type: "text", text: "Hello?" });
  for (const type of ["typing:start", "typing:stop", "conversation:read"]) {
    const done = await v1.appUsers.conversationActivity("ann", { role: "appMaker", type, name: "Bob" });
    expect(done.conversation._id).toMatch(ID);
  }
  const named = { userId: "ann", activityProps: { role: "appMaker", type: "typing:start" } };
  await v1.appUsers.conversationActivity(named);
  expect((await v1.appUsers.getMessages("ann")).messages).toHaveLength(1);
  for (const wrong of [{}, { role: "appMaker" }, { type: "typing:start" }, { role: "appMaker", type: "nap" }]) {
    expect(await refusalV1(v1.appUsers.conversationActivity("ann", wrong))).toEqual(BAD_REQUEST);
  }
  expect((await refusalV1(v1.appUsers.conversationActivity("nobody", named.activityProps))).status).toBe(404);
});

test("a click on a button is told by the button's id", async ({ v1, hooks }) => {
  await v1.webhooks.create({ target: hooks.url, triggers: ["postback"] });
  const { message } = await v1.appUsers.sendMessage("ann", {
    role: "appMaker",
    type: "carousel",
    items: [
      {
        title: "Green tea",
        actions: [
          { type: "link", text: "See", uri: "https://example.org" },
          { type: "postback", text: "Buy", payload: "BUY green", metadata: { sku: "g" } },
        ],
      },
    ],
  });
  const [link, buy] = message.items[0].actions;
  await v1.conversations.postPostback("ann", buy._id);
  const { appUser, postbacks } = await hooks.told("postback");
  expect(appUser.userId).toBe("ann");
  expect(postbacks).toMatchObject([
    { action: { _id: buy._id, type: "postback", text: "Buy", payload: "BUY green", metadata: { sku: "g" } } },
  ]);
  expect(postbacks[0].message._id).toBe(message._id);
  for (const id of [link._id, NOBODY]) {
    const { status } = await refusalV1(v1.conversations.postPostback("ann", id));
    expect([400, 404]).toContain(status);
  }
});
