/** `smooch-core` brings no types; these are the calls that it has. */
declare module "smooch-core" {
  interface Options {
    serviceUrl?: string;
    keyId?: string;
    secret?: string;
    scope?: "account" | "app" | "appUser";
    /** Whom a token of scope `appUser` speaks for. */
    userId?: string;
    jwt?: string;
  }

  /** Resolves to the answer's JSON. What is in it is what the tests are for, so nothing is promised here. */
  type Call = (...args: any[]) => Promise<any>;
  type Calls<Name extends string> = Record<Name, Call>;
  type Basics = "create" | "list" | "get" | "update" | "delete";

  class Smooch {
    constructor(options: Options);
    readonly appUsers: Calls<
      | Exclude<Basics, "list">
      | "getChannels"
      | "getBusinessSystems"
      | "linkChannel"
      | "unlinkChannel"
      | "pingChannel"
      | "getMessages"
      | "sendMessage"
      | "uploadImage"
      | "deleteMessage"
      | "deleteMessages"
      | "conversationActivity"
      | "deleteProfile"
      | "getLinkRequests"
      | "getAuthCode"
      | "mergeUsers"
    > & {
      readonly stripe: Calls<"updateCustomer" | "createTransaction">;
      readonly viber: Calls<"getQRCode">;
      readonly wechat: Calls<"getQRCode">;
    };
    readonly apps: Calls<Basics | "getSdkIds"> & { readonly keys: Calls<Exclude<Basics, "update"> | "getJwt"> };
    readonly attachments: Calls<"create" | "delete">;
    readonly conversations: Calls<"get" | "postPostback" | "resetUnreadCount">;
    readonly deployments: Calls<Exclude<Basics, "update"> | "activate" | "confirmCode">;
    readonly integrations: Calls<Basics> & {
      readonly menu: Calls<Exclude<Basics, "list">>;
      readonly messageTemplates: Calls<"create" | "list" | "delete">;
      readonly profile: Calls<"get" | "update"> & { readonly photo: Calls<"upload"> };
    };
    readonly menu: Calls<"get" | "configure" | "remove">;
    readonly notifications: Calls<"postNotification">;
    readonly serviceAccounts: Calls<Basics> & { readonly keys: Calls<Exclude<Basics, "update"> | "getJwt"> };
    readonly stripe: Calls<"getAccount">;
    readonly templates: Calls<Basics>;
    readonly webhooks: Calls<Basics>;
  }
  export default Smooch;
}
