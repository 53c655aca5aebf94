/** What the v1.1 client can ask for and no chat page needs: it is told so, in the usual shape. */
import { Readable } from "node:stream";
import { expect, NOBODY, refusalV1, test } from "../../../support/api.ts";
import { uploading } from "../../../support/clients.ts";

test("what is not served is refused as an error that the client understands", async ({ v1, ownerV1, app, shop }) => {
  await v1.appUsers.create({ appUser: { userId: "ann" } });
  const id = shop.integrationId;
  const calls: (() => Promise<unknown>)[] = [
    () => v1.appUsers.pingChannel("ann", "twilio"),
    () => v1.appUsers.viber.getQRCode("ann"),
    () => v1.appUsers.wechat.getQRCode("ann"),
    () => v1.appUsers.stripe.updateCustomer("ann", "token"),
    () => v1.appUsers.stripe.createTransaction("ann", NOBODY, "token"),
    () => v1.stripe.getAccount(),
    () => v1.integrations.profile.get(id),
    () => v1.integrations.profile.update(id, { description: "Tea" }),
    () => uploading(() => v1.integrations.profile.photo.upload(id, Readable.from(["no picture"]))),
    () => v1.integrations.messageTemplates.create(id, { name: "welcome" }),
    () => v1.integrations.messageTemplates.list(id),
    () => v1.integrations.messageTemplates.delete(id, "welcome"),
    () => ownerV1.deployments.create({ hosting: "smooch" }),
    () => ownerV1.deployments.list(),
    () => ownerV1.deployments.get(NOBODY),
    () => ownerV1.deployments.activate(NOBODY, "certificate", "+15145555555", "sms"),
    () => ownerV1.deployments.confirmCode(NOBODY, "123456"),
    () => ownerV1.deployments.delete(NOBODY),
    () => ownerV1.serviceAccounts.create("ops"),
    () => ownerV1.serviceAccounts.list(),
    () => ownerV1.serviceAccounts.get(NOBODY),
    () => ownerV1.serviceAccounts.update(NOBODY, { name: "ops" }),
    () => ownerV1.serviceAccounts.delete(NOBODY),
    () => ownerV1.serviceAccounts.keys.create(NOBODY, "key"),
    () => ownerV1.serviceAccounts.keys.list(NOBODY),
    () => ownerV1.serviceAccounts.keys.get(NOBODY, NOBODY),
    () => ownerV1.serviceAccounts.keys.getJwt(NOBODY, NOBODY),
    () => ownerV1.serviceAccounts.keys.delete(NOBODY, NOBODY),
    () => v1.notifications.postNotification(app, {
      destination: { integrationId: id, destinationId: "+15145555555" },
      author: { role: "appMaker" },
      message: { type: "text", text: "Hello" },
    }),
  ];
  for (const call of calls) {
    const { status } = await refusalV1(call());
    expect(status, call.toString()).toBeGreaterThanOrEqual(400);
    expect(status, call.toString()).toBeLessThan(500);
  }
});

test("there is no channel to be linked by a code", async ({ v1, shop }) => {
  await v1.appUsers.create({ appUser: { userId: "ann" } });
  const asked = await v1.appUsers.getLinkRequests("ann", [shop.integrationId]).catch((error: any) => error);
  if (asked instanceof Error) expect((asked as any).response.status).toBeGreaterThanOrEqual(400);
  else expect(asked.linkRequests).toEqual([]);
  if (asked instanceof Error) expect((asked as any).response.status).toBeLessThan(500);
});
