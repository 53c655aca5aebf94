/** Files, through the v2 client. */
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { expect, refusal, test, userInConversation } from "../../../support/api.ts";
import { PIXEL } from "../../../support/pixel.ts";

const TEXT = Buffer.from("A receipt\nüber 4.50\n");

test("a buffer without a name is taken in for what it holds", async ({ v2, app, parlor }) => {
  const made = await v2.attachments.uploadAttachmentWithHttpInfo(app, "public", PIXEL, {});
  expect(made.response.status).toBe(201);
  const { attachment } = made.data;
  expect(attachment.mediaUrl).toContain(`${parlor.url}/`);
  expect(attachment.mediaType).toBe("image/png");
  const served = await fetch(attachment.mediaUrl);
  expect(served.status).toBe(200);
  expect(served.headers.get("content-type")).toBe("image/png");
  expect(Buffer.from(await served.arrayBuffer()).subarray(0, 8)).toEqual(PIXEL.subarray(0, 8));
});

test("a stream is taken in by any name", async ({ v2, app }, testInfo) => {
  for (const name of ["receipt.txt", "Öffnungszeiten – 営業時間.txt", "a b #1 100%.txt", "it's; \"quoted\".txt"]) {
    const path = testInfo.outputPath(name);
    await writeFile(path, TEXT);
    const { attachment } = await v2.attachments.uploadAttachment(app, "public", createReadStream(path), {});
    expect(attachment.mediaType).toMatch(/^text\/plain/);
    const served = await fetch(attachment.mediaUrl);
    expect(served.status).toBe(200);
    expect(Buffer.from(await served.arrayBuffer())).toEqual(TEXT);
  }
});

test("what could run is never served as something that runs", async ({ v2, app }, testInfo) => {
  const page = "<!doctype html><html><script>alert(1)</script></html>";
  const picture = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  for (const [name, text] of [["page.html", page], ["picture.svg", picture]] as const) {
    const path = testInfo.outputPath(name);
    await writeFile(path, text);
    for (const source of [createReadStream(path), Buffer.from(text)]) {
      const { attachment } = await v2.attachments.uploadAttachment(app, "public", source, {});
      const { headers } = await fetch(attachment.mediaUrl);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-disposition")).toMatch(/^attachment/);
    }
  }
});

test("an uploaded picture is sent, and goes with its conversation", async ({ v2, app }) => {
  const { user } = await userInConversation(v2, app, "ann");
  const body = { type: "personal", participants: [{ userId: user.id }] };
  const { conversation } = await v2.conversations.createConversation(app, body);
  const options = { _for: "message", conversationId: conversation.id };
  const { attachment } = await v2.attachments.uploadAttachment(app, "public", PIXEL, options);
  const content = { type: "image", mediaUrl: attachment.mediaUrl };
  const { messages } = await v2.messages.postMessage(app, conversation.id, { author: { type: "business" }, content });
  expect(messages[0].content).toMatchObject({ ...content, mediaType: "image/png", mediaSize: expect.any(Number) });
  expect(messages[0].content.mediaSize).toBeGreaterThan(0);

  expect((await fetch(attachment.mediaUrl)).status).toBe(200);
  await v2.conversations.deleteConversation(app, conversation.id);
  await expect.poll(async () => (await fetch(attachment.mediaUrl)).status).toBe(404);
});

test("an attachment is removed by its address", async ({ v2, app }) => {
  const { attachment } = await v2.attachments.uploadAttachment(app, "public", TEXT, {});
  const gone = await v2.attachments.deleteAttachmentWithHttpInfo(app, { mediaUrl: attachment.mediaUrl });
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  await expect.poll(async () => (await fetch(attachment.mediaUrl)).status).toBe(404);
  const again = v2.attachments.deleteAttachment(app, { mediaUrl: attachment.mediaUrl });
  expect((await refusal(again)).status).toBe(404);
});

test("nobody removes what is not its own", async ({ v2, owner, app, parlor }) => {
  const other = await parlor.provision("Coffee & Co");
  const { attachment } = await owner.attachments.uploadAttachment(other.appId, "public", TEXT, {});
  const foreign = v2.attachments.deleteAttachment(app, { mediaUrl: attachment.mediaUrl });
  expect([400, 403, 404]).toContain((await refusal(foreign)).status);
  expect((await fetch(attachment.mediaUrl)).status).toBe(200);
  const elsewhere = v2.attachments.deleteAttachment(app, { mediaUrl: "https://example.org/a.png" });
  expect([400, 404]).toContain((await refusal(elsewhere)).status);
  expect(await refusal(v2.attachments.deleteAttachment(app, {}))).toEqual({ status: 400, code: "bad_request" });
});

test("only public files are taken", async ({ v2, app }) => {
  const hidden = v2.attachments.uploadAttachment(app, "private", TEXT, {});
  expect(await refusal(hidden)).toEqual({ status: 400, code: "bad_request" });
});

test("a file of more than 50 MB is refused", async ({ v2, app }) => {
  const big = v2.attachments.uploadAttachment(app, "public", Buffer.alloc(51 * 1024 * 1024), {});
  expect((await refusal(big)).status).toBe(413);
});
