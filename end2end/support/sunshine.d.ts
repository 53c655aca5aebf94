/** `sunshine-conversations-client` brings no types; these are the calls that it has. */
declare module "sunshine-conversations-client" {
  export class ApiClient {
    basePath: string;
    authentications: {
      basicAuth: { type: "basic"; username?: string; password?: string };
      bearerAuth: { type: "bearer"; accessToken?: string };
    };
  }

  /** Resolves to the answer's model. What is in it is what the tests are for, so nothing is promised here. */
  type Call = (...args: any[]) => Promise<any>;
  /** Resolves to the model and the raw answer, whose `body` holds what the models leave out. */
  type RawCall = (...args: any[]) => Promise<{ data: any; response: { status: number; type: string; body: any } }>;
  type Calls<Name extends string> = Record<Name, Call> & Record<`${Name}WithHttpInfo`, RawCall>;
  type Api<Name extends string> = new (client: ApiClient) => Calls<Name>;
  /** A request body, to be filled key by key. */
  type Model = new (...required: any[]) => any;

  export const ActivitiesApi: Api<"postActivity">;
  export const AppKeysApi: Api<"createAppKey" | "deleteAppKey" | "getAppKey" | "listAppKeys">;
  export const AppsApi: Api<"createApp" | "deleteApp" | "getApp" | "listApps" | "updateApp">;
  export const AttachmentsApi: Api<"deleteAttachment" | "uploadAttachment">;
  export const ClientsApi: Api<"createClient" | "listClients" | "removeClient">;
  export const ConversationsApi: Api<
    | "createConversation"
    | "deleteConversation"
    | "downloadMessageRef"
    | "getConversation"
    | "listConversations"
    | "updateConversation"
  >;
  export const CustomIntegrationApiKeysApi: Api<
    | "createCustomIntegrationKey"
    | "deleteCustomIntegrationKey"
    | "getCustomIntegrationKey"
    | "listCustomIntegrationKeys"
  >;
  export const DevicesApi: Api<"getDevice" | "listDevices">;
  export const IntegrationsApi: Api<
    "createIntegration" | "deleteIntegration" | "getIntegration" | "listIntegrations" | "updateIntegration"
  >;
  export const MessagesApi: Api<"deleteAllMessages" | "deleteMessage" | "listMessages" | "postMessage">;
  export const OAuthEndpointsApi: Api<"authorize" | "getToken" | "revokeAccess">;
  export const ParticipantsApi: Api<"joinConversation" | "leaveConversation" | "listParticipants">;
  export const SwitchboardActionsApi: Api<"acceptControl" | "offerControl" | "passControl" | "releaseControl">;
  export const SwitchboardIntegrationsApi: Api<
    | "createSwitchboardIntegration"
    | "deleteSwitchboardIntegration"
    | "listSwitchboardIntegrations"
    | "updateSwitchboardIntegration"
  >;
  export const SwitchboardsApi: Api<
    "createSwitchboard" | "deleteSwitchboard" | "listSwitchboards" | "updateSwitchboard"
  >;
  export const UsersApi: Api<
    "createUser" | "deleteUser" | "deleteUserPersonalInformation" | "getUser" | "updateUser"
  >;
  export const WebhooksApi: Api<
    "createWebhook" | "deleteWebhook" | "getWebhook" | "listWebhooks" | "updateWebhook"
  >;

  export const MessagePost: Model;
  export const UserCreateBody: Model;
}
