import { expect } from "@playwright/test";

/** How the server refused something. */
export interface Refusal {
  status: number;
  code: string;
}

/** How the server refused a call of the v2 client. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const { status, body } = await failure(call);
  expect(body, `the body of a ${status}`).toEqual({ errors: expect.any(Array) });
  expect(body.errors.length).toBeGreaterThan(0);
  for (const error of body.errors) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^[a-z_]+$/), title: expect.stringMatching(/./) });
  }
  return { status, code: body.errors[0].code };
}

/** What a refusing answer says to people, all of it in one line. */
export async function complaint(call: Promise<unknown>): Promise<string> {
  const { body } = await failure(call);
  return body.errors.map(({ title }: { title: string }) => title).join("; ");
}

/** How the server refused a call of the v1.1 client. */
export async function refusalV1(call: Promise<unknown>): Promise<Refusal> {
  const error = await failure(call);
  if (!error.response) throw error;
  const { status } = error.response;
  expect(error.description, `the description of a ${status}`).toMatch(/./);
  expect(error.code).toMatch(/^[a-z_]+$/);
  return { status, code: error.code };
}

async function failure(call: Promise<unknown>): Promise<any> {
  const answer = await call.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  if ("answer" in answer) throw new Error(`should have been refused: ${JSON.stringify(answer.answer)}`);
  return answer.error;
}
