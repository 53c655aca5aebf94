/** No method of the v1.1 client is left out. */
import { expect, test } from "../../../support/api.ts";
import { SmoochCore } from "../../../support/clients.ts";
import { calledIn } from "../../../support/specs.ts";

/** The calls below an API of the client, such as `appUsers.get` or `appUsers.stripe.updateCustomer`. */
function callsOf(name: string, api: any): string[] {
  const own = Object.entries(api).filter(([, part]) => typeof part === "object" && part && "request" in part);
  const methods = Object.keys(Object.getPrototypeOf(api)).filter((method) => !method.startsWith("validate"));
  return [
    ...methods.filter((method) => !["constructor", "request", "getHeaders"].includes(method)).map((method) => `${name}.${method}`),
    ...own.flatMap(([part, nested]) => callsOf(`${name}.${part}`, nested)),
  ];
}

test("every method of the client is called somewhere", ({ v1 }) => {
  expect(v1).toBeInstanceOf(SmoochCore);
  const apis = Object.entries(v1).filter(([, api]) => typeof api === "object" && api && "request" in api);
  const methods = apis.flatMap(([name, api]) => callsOf(name, api));
  expect(methods).toHaveLength(85);
  const called = calledIn("tests/api/v1");
  expect(methods.filter((method) => !called(`.${method}(`))).toEqual([]);
});
