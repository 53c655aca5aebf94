/** No operation of the v2 client is left out. */
import { Sunshine } from "../../../support/clients.ts";
import { calledIn } from "../../../support/specs.ts";
import { expect, test } from "../../../support/api.ts";

test("every operation of the client is called somewhere", () => {
  const apis = Object.entries(Sunshine).filter(([name]) => name.endsWith("Api"));
  const operations = apis.flatMap(([, api]) =>
    Object.getOwnPropertyNames(api.prototype).filter((name) => name !== "constructor" && !name.endsWith("WithHttpInfo")),
  );
  expect(operations).toHaveLength(64);
  const called = calledIn("tests/api/v2");
  expect(operations.filter((operation) => !called(`.${operation}(`) && !called(`.${operation}WithHttpInfo(`))).toEqual([]);
});
