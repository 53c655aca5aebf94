/** Reading and typing, through the v2 client. */
import { expect, NOBODY, refusal, says, test, TIME, userInConversation } from "../../../support/api.ts";

const BAD_REQUEST = { status: 400, code: "bad_request" };
const BUSINESS = { type: "business" };

test("the business reads, and the conversation knows when", async ({ v2, app }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  expect(conversation.businessLastRead ?? null).toBeNull();
  const body = { author: BUSINESS, type: "conversation:read" };
  const read = await v2.activities.postActivityWithHttpInfo(app, conversation.id, body);
  expect([read.response.status, read.response.body]).toEqual([200, {}]);
  const seen = (await v2.conversations.getConversation(app, conversation.id)).conversation;
  expect(seen.businessLastRead).toMatch(TIME);
});

test("what a user has not read is counted until it reads", async ({ v2, app }) => {
  const { user, conversation } = await userInConversation(v2, app, "ann");
  const participant = async () => (await v2.participants.listParticipants(app, conversation.id, {})).participants[0];
  await v2.messages.postMessage(app, conversation.id, says("One"));
  await v2.messages.postMessage(app, conversation.id, says("Two"));
  expect(await participant()).toMatchObject({ userId: user.id, unreadCount: 2 });
  // Who answers has read; its own message is not unread to it.
  await v2.messages.postMessage(app, conversation.id, says("My own", user.id));
  expect((await participant()).unreadCount).toBe(0);
  await v2.messages.postMessage(app, conversation.id, says("Three"));
  for (const author of [{ userId: user.id }, { userExternalId: "ann" }]) {
    await v2.activities.postActivity(app, conversation.id, {
      author: { type: "user", ...author },
      type: "conversation:read",
    });
    expect(await participant()).toMatchObject({ unreadCount: 0, lastRead: expect.stringMatching(TIME) });
    await v2.messages.postMessage(app, conversation.id, says("And more"));
    expect((await participant()).unreadCount).toBe(1);
  }
});

test("the business begins and stops typing, which is not a message", async ({ v2, app }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  for (const type of ["typing:start", "typing:stop"]) {
    const author = { ...BUSINESS, displayName: "Ann", avatarUrl: "https://example.org/ann.png" };
    const typed = await v2.activities.postActivityWithHttpInfo(app, conversation.id, { author, type });
    expect([typed.response.status, typed.response.body]).toEqual([200, {}]);
  }
  expect((await v2.messages.listMessages(app, conversation.id, {})).messages).toEqual([]);
});

test("a wrong activity is refused", async ({ v2, app }) => {
  const { user, conversation } = await userInConversation(v2, app, "ann");
  const ann = { type: "user", userId: user.id };
  const wrong = [
    {},
    { author: BUSINESS },
    { type: "typing:start" },
    { author: BUSINESS, type: "conversation:nap" },
    { author: { type: "user" }, type: "conversation:read" },
    { author: ann, type: "typing:start" },
    { author: ann, type: "typing:stop" },
  ];
  for (const body of wrong) {
    const refused = await refusal(v2.activities.postActivity(app, conversation.id, body));
    expect(refused, JSON.stringify(body)).toEqual(BAD_REQUEST);
  }
  const lost = v2.activities.postActivity(app, NOBODY, { author: BUSINESS, type: "conversation:read" });
  expect(await refusal(lost)).toEqual({ status: 404, code: "conversation_not_found" });
});
