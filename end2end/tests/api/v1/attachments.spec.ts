/** Files, through the v1.1 client. */
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { expect, refusalV1, test } from "../../../support/api.ts";
import { StreamedForm, uploading } from "../../../support/clients.ts";
import { PIXEL } from "../../../support/pixel.ts";

test("a stream or a form is taken in, served, sent and removed", async ({ v1, parlor }, testInfo) => {
  await v1.appUsers.create({ appUser: { userId: "ann" } });
  const path = testInfo.outputPath("Tässchen Nr. 1.png");
  await writeFile(path, PIXEL);
  const form = new StreamedForm();
  form.append("source", PIXEL, { filename: "cup.png" });
  const made = [
    await uploading(() => v1.attachments.create("public", createReadStream(path))),
    await uploading(() => v1.attachments.create({ access: "public", for: "message", userId: "ann" }, form)),
  ];
  for (const attachment of made) {
    expect(attachment).toMatchObject({ mediaType: "image/png", mediaUrl: expect.stringContaining(parlor.url) });
    const message = { role: "appMaker", type: "image", mediaUrl: attachment.mediaUrl };
    expect((await v1.appUsers.sendMessage("ann", message)).message).toMatchObject({ ...message, mediaType: "image/png" });
    expect((await fetch(attachment.mediaUrl)).status).toBe(200);
    expect(await v1.attachments.delete(attachment.mediaUrl)).toEqual({});
    await expect.poll(async () => (await fetch(attachment.mediaUrl)).status).toBe(404);
    expect((await refusalV1(v1.attachments.delete(attachment.mediaUrl))).status).toBe(404);
  }
});

test("what is no public file is refused", async ({ v1 }) => {
  const empty = new StreamedForm();
  empty.append("other", "text");
  const bad = { status: 400, code: "bad_request" };
  expect(await refusalV1(uploading(() => v1.attachments.create("public", empty)))).toEqual(bad);
  const form = new StreamedForm();
  form.append("source", PIXEL, { filename: "cup.png" });
  expect(await refusalV1(uploading(() => v1.attachments.create("private", form)))).toEqual(bad);
});
