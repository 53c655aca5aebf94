//! A program of somebody else's, let into an app by OAuth.

use domain::Timestamp;
use futures::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use server::chat::{Chat, Grant, Provisioned};
use server::clock::Clock;
use server::live::Fanout;
use url::Url;

use crate::support::{TestApp, answer};

const BACK: &str = "https://crm.example/back?tenant=7";
const SECOND: &str = "http://localhost:8080/";
const MINUTE: i64 = 60 * 1000;

/// A program that is registered with the server of `app`.
struct Program<'a> {
    app: &'a TestApp,
    id: String,
    secret: String,
}

impl<'a> Program<'a> {
    async fn registered(app: &'a TestApp, name: &str) -> Self {
        let uris = [BACK, SECOND].map(str::to_owned).to_vec();
        let (client, secret) = app.chat().create_oauth_client(name.to_owned(), uris).await.unwrap();
        Self { app, id: client.id.to_string(), secret }
    }

    /// What its link says that asks `query` more.
    fn link(&self, query: &[(&str, &str)]) -> RequestBuilder {
        let usual = [("client_id", self.id.as_str()), ("response_type", "code")];
        let usual = usual.into_iter().filter(|(name, _)| query.iter().all(|(other, _)| other != name));
        let query: Vec<_> = usual.chain(query.iter().copied()).collect();
        let url = Url::parse_with_params(&format!("{}/oauth/authorize", self.app.url), query).unwrap();
        self.app.http.get(url)
    }

    /// A code by which `tenant` lets it in.
    async fn code(&self, tenant: &Provisioned) -> String {
        code_in(&location(self.link(&[]).basic_auth(tenant.key.id.as_str(), Some(&tenant.key.secret))).await)
    }

    fn grant(&self, code: &str) -> Value {
        json!({
            "code": code, "grant_type": "authorization_code", "client_id": self.id, "client_secret": self.secret,
        })
    }

    fn asks_for_token(&self, grant: &Value) -> RequestBuilder {
        self.app.http.post(format!("{}/oauth/token", self.app.url)).json(grant)
    }

    async fn token(&self, code: &str) -> String {
        let (status, given) = answer(self.asks_for_token(&self.grant(code))).await;
        assert_eq!((status.as_u16(), &given["token_type"]), (200, &json!("Bearer")), "{given}");
        given["access_token"].as_str().unwrap().to_owned()
    }

    /// Calls below `/v2/apps/{app}` of `tenant` with `token`; gives the status and the answer.
    async fn call(&self, tenant: &Provisioned, token: &str, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.app.http.request(method, format!("{}/v2/apps/{}{path}", self.app.url, tenant.app));
        let request = if body.is_null() { request } else { request.json(&body) };
        let (status, answer) = answer(request.bearer_auth(token)).await;
        (status.as_u16(), answer)
    }

    async fn revokes(&self, token: &str) -> (u16, Value) {
        let request = self.app.http.delete(format!("{}/oauth/authorization", self.app.url));
        let (status, answer) = answer(request.bearer_auth(token)).await;
        (status.as_u16(), answer)
    }
}

/// Where a browser is sent.
async fn location(request: RequestBuilder) -> Url {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 302, "{}", answer.text().await.unwrap());
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.headers()["location"].to_str().unwrap().parse().unwrap()
}

fn code_in(location: &Url) -> String {
    location.query_pairs().find_map(|(name, value)| (name == "code").then(|| value.into_owned())).unwrap()
}

/// Status, code and title of a refusal.
async fn refusal(request: RequestBuilder) -> (u16, String, String) {
    let (status, answer) = answer(request).await;
    let text = |name: &str| answer["errors"][0][name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    (status.as_u16(), text("code"), text("title"))
}

#[tokio::test]
async fn a_program_that_was_let_in_works_like_an_integration_and_no_further() {
    let app = TestApp::start().await;
    let helpdesk = Program::registered(&app, "Helpdesk").await;
    let token = helpdesk.token(&helpdesk.code(&app.made).await).await;
    let conversation = app.visitor_in_conversation().await.1;
    let call = async |method, path: &str, body| helpdesk.call(&app.made, &token, method, path, body).await;

    let says = json!({ "author": { "type": "business" }, "content": { "type": "text", "text": "Hi from afar" } });
    let path = format!("/conversations/{conversation}/messages");
    assert_eq!(call(Method::POST, &path, says).await.0, 201);
    assert_eq!(app.texts(&conversation).await, ["hello", "Hi from afar"]);

    let hook = json!({ "target": "https://crm.example/hook", "triggers": ["conversation:message"] });
    let (status, made) = call(Method::POST, "/integrations/me/webhooks", hook).await;
    assert_eq!(status, 201, "{made}");
    let (status, list) = call(Method::GET, "/integrations/me/webhooks", Value::Null).await;
    assert_eq!((status, &list["webhooks"][0]["id"]), (200, &made["webhook"]["id"]));

    for path in ["", "/integrations", "/keys", "/switchboards"] {
        assert_eq!(call(Method::GET, path, Value::Null).await.0, 403, "{path}");
    }
    let page = format!("/integrations/{}/webhooks", app.made.integration);
    assert_eq!(call(Method::GET, &page, Value::Null).await.0, 403, "another integration's");

    let seen = app.asks(Method::GET, "/integrations?filter[types]=Helpdesk", None, 200).await;
    let seen = seen["integrations"].as_array().unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!((&seen[0]["type"], &seen[0]["displayName"]), (&json!("Helpdesk"), &json!("Helpdesk")));
}

#[tokio::test]
async fn the_browser_is_sent_to_a_registered_address_only() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    let key = (app.made.key.id.as_str(), &app.made.key.secret);
    let go = |query: &[(&str, &str)]| program.link(query).basic_auth(key.0, Some(key.1));

    let usual = location(go(&[("state", "a b&c=d")])).await;
    let pairs: Vec<_> = usual.query_pairs().into_owned().collect();
    assert!(usual.as_str().starts_with(&format!("{BACK}&code=")), "{usual}");
    assert_eq!(pairs[0], ("tenant".to_owned(), "7".to_owned()));
    assert_eq!(pairs[2], ("state".to_owned(), "a b&c=d".to_owned()));
    assert_eq!(location(go(&[])).await.query_pairs().count(), 2, "no state, where none was given");
    let second = location(go(&[("redirect_uri", SECOND)])).await;
    assert!(second.as_str().starts_with(&format!("{SECOND}?code=")), "{second}");

    for other in [
        "https://crm.example/back",
        "https://evil.example/",
        &format!("{BACK}&x=1"),
        "https://CRM.example/back?tenant=7",
        "",
    ] {
        let (status, code, title) = refusal(go(&[("redirect_uri", other)])).await;
        assert_eq!((status, code.as_str()), (404, "not_found"), "{other}");
        assert!(title.contains("redirect_uri"), "{title}");
    }
    for (query, expected, names) in [
        ([("client_id", "65f0a1b2c3d4e5f6aabbccdd")], (404, "not_found"), "OAuth client"),
        ([("client_id", "' OR 1=1 --")], (404, "not_found"), "OAuth client"),
        ([("response_type", "token")], (400, "bad_request"), "response_type"),
        ([("response_type", "")], (400, "bad_request"), "response_type"),
    ] {
        let (status, code, title) = refusal(go(&query)).await;
        assert_eq!((status, code.as_str()), expected, "{query:?}");
        assert!(title.contains(names), "{title}");
    }
    let bare = |query: &str| app.call((key.0, key.1), Method::GET, &format!("/oauth/authorize{query}"));
    assert_eq!(refusal(bare("")).await.0, 400);
    assert_eq!(refusal(bare("?response_type=code")).await.2, "client_id is required");
}

#[tokio::test]
async fn only_the_apps_own_key_lets_a_program_in() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    assert_eq!(refusal(program.link(&[])).await.0, 401);
    assert_eq!(refusal(program.link(&[]).basic_auth(app.made.key.id.as_str(), Some("wrong"))).await.0, 401);
    let token = server::auth::credentials::token_of(&app.made.key, app.chat().clock().now());
    location(program.link(&[]).bearer_auth(token)).await;
    let (_, custom) = app.custom_integration().await;
    for key in [&app.made.account_key, &custom] {
        let (status, code, _) = refusal(program.link(&[]).basic_auth(key.id.as_str(), Some(&key.secret))).await;
        assert_eq!((status, code.as_str()), (403, "forbidden"), "{}", key.id);
    }
    let own = program.token(&program.code(&app.made).await).await;
    assert_eq!(refusal(program.link(&[]).bearer_auth(own)).await.0, 403, "nor does a program let in another");
}

#[tokio::test]
async fn a_code_opens_once_however_many_try() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    let code = program.code(&app.made).await;
    let grant = program.grant(&code);
    let answers = join_all((0..20).map(|_| answer(program.asks_for_token(&grant)))).await;
    let (good, bad): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status == 200);
    assert_eq!((good.len(), bad.len()), (1, 19));
    assert!(bad.iter().all(|(status, answer)| *status == 401 && answer["errors"][0]["code"] == "unauthorized"));
    assert_eq!(refusal(program.asks_for_token(&grant)).await.0, 401, "nor later");
    let token = good[0].1["access_token"].as_str().unwrap();
    let (status, _) = program.call(&app.made, token, Method::GET, "/integrations/me/webhooks", Value::Null).await;
    assert_eq!(status, 200, "what it opened stays open");
}

#[tokio::test]
async fn a_wrong_grant_is_refused_and_does_not_use_up_the_code() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    let other = Program::registered(&app, "Rival").await;
    let code = program.code(&app.made).await;
    let with = |field: &str, value: Value| {
        let mut grant = program.grant(&code);
        grant[field] = value;
        program.asks_for_token(&grant)
    };
    for (field, value, status, names) in [
        ("code", json!("nonsense"), 401, "not good"),
        ("code", json!(""), 401, "not good"),
        ("client_secret", json!("wrong"), 401, "not good"),
        ("client_secret", json!(other.secret), 401, "not good"),
        ("client_id", json!(other.id), 401, "not good"),
        ("client_id", json!("65f0a1b2c3d4e5f6aabbccdd"), 401, "not good"),
        ("client_id", json!("nobody"), 401, "not good"),
        ("client_id", json!(7), 400, "client_id"),
        ("code", Value::Null, 400, "code"),
        ("grant_type", json!("password"), 400, "grant_type"),
    ] {
        let (got, _, title) = refusal(with(field, value.clone())).await;
        assert_eq!(got, status, "{field} {value}");
        assert!(title.contains(names), "{title}");
    }
    assert_eq!(refusal(other.asks_for_token(&other.grant(&code))).await.0, 401, "another program's code");
    let token = |request: RequestBuilder| request.header("content-type", "text/plain").body("x");
    let bare = app.http.post(format!("{}/oauth/token", app.url));
    assert_eq!(refusal(token(bare)).await.0, 415);
    program.token(&code).await;
}

#[tokio::test]
async fn the_grant_may_come_as_a_form() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    let grant = program.grant(&program.code(&app.made).await);
    let post = || app.http.post(format!("{}/oauth/token", app.url));
    let mut without_code = grant.clone();
    without_code.as_object_mut().unwrap().remove("code");
    let (status, _, title) = refusal(post().form(&without_code)).await;
    assert_eq!((status, title.as_str()), (400, "missing field `code`"));
    let answer = post().form(&grant).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["cache-control"]), (200, &"no-store".parse().unwrap()));
    let given: Value = answer.json().await.unwrap();
    assert_eq!(given.as_object().unwrap().len(), 2, "{given}");
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    let begun = app.chat().clock().now();
    let at = |millis: i64| {
        let clock = Clock::from_fn(move || Timestamp::from_millis(begun.millis() + millis));
        Chat::new(app.chat().storage().clone(), app.chat().files().clone(), Fanout::default(), clock)
    };
    let redeem = async |after: i64| {
        let scope = server::chat::Scope::of_app(app.made.app);
        let code = code_in(&at(0).authorize(scope, &program.id, None, None).await.unwrap());
        let grant = Grant { client_id: program.id.clone(), client_secret: program.secret.clone(), code };
        let key = at(after).redeem_oauth_code(grant.clone()).await.unwrap();
        assert!(at(0).redeem_oauth_code(grant).await.unwrap().is_none() || key.is_none());
        key.is_some()
    };
    assert!(redeem(10 * MINUTE - 1).await);
    assert!(!redeem(10 * MINUTE).await);
    assert!(!redeem(24 * 60 * MINUTE).await);
}

#[tokio::test]
async fn a_second_consent_replaces_the_first_token_and_keeps_the_integration() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    let other = Program::registered(&app, "Rival").await;
    let first = program.token(&program.code(&app.made).await).await;
    let rival = other.token(&other.code(&app.made).await).await;
    let hooks =
        async |token: &str| program.call(&app.made, token, Method::GET, "/integrations/me/webhooks", Value::Null).await;
    let hook = json!({ "target": "https://crm.example/hook", "triggers": ["user:update"] });
    program.call(&app.made, &first, Method::POST, "/integrations/me/webhooks", hook).await;
    let second = program.token(&program.code(&app.made).await).await;
    assert_eq!(hooks(&first).await.0, 401);
    let (status, kept) = hooks(&second).await;
    assert_eq!((status, kept["webhooks"].as_array().unwrap().len()), (200, 1));
    let (status, none) = hooks(&rival).await;
    assert_eq!((status, &none["webhooks"]), (200, &json!([])), "another program is untouched");
    let list = app.asks(Method::GET, "/integrations?filter[types]=Helpdesk,Rival", None, 200).await;
    assert_eq!(list["integrations"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn each_tenant_lets_in_for_itself() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    let neighbour = app.chat().provision("Neighbour").await.unwrap();
    let mine = program.token(&program.code(&app.made).await).await;
    let theirs = program.token(&program.code(&neighbour).await).await;
    let status = async |tenant: &Provisioned, token: &str| {
        program.call(tenant, token, Method::GET, "/integrations/me/webhooks", Value::Null).await.0
    };
    assert_eq!((status(&app.made, &mine).await, status(&neighbour, &theirs).await), (200, 200));
    assert_eq!((status(&app.made, &theirs).await, status(&neighbour, &mine).await), (403, 403));
    assert_eq!(program.revokes(&theirs).await.0, 200);
    assert_eq!((status(&app.made, &mine).await, status(&neighbour, &theirs).await), (200, 401));
}

#[tokio::test]
async fn a_program_that_leaves_is_gone_at_once() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    let token = program.token(&program.code(&app.made).await).await;
    let hook = json!({ "target": "https://crm.example/hook", "triggers": ["user:update"] });
    program.call(&app.made, &token, Method::POST, "/integrations/me/webhooks", hook).await;
    assert_eq!(program.revokes(&token).await, (200, json!({})));
    assert_eq!(program.revokes(&token).await.0, 401);
    let (status, _) = program.call(&app.made, &token, Method::GET, "/integrations/me/webhooks", Value::Null).await;
    assert_eq!(status, 401);
    let list = app.asks(Method::GET, "/integrations?filter[types]=Helpdesk", None, 200).await;
    assert_eq!(list["integrations"], json!([]));
    assert!(app.chat().webhooks(Some(app.made.app)).await.unwrap().is_empty());
    program.token(&program.code(&app.made).await).await;
}

#[tokio::test]
async fn who_was_not_let_in_can_not_leave() {
    let app = TestApp::start().await;
    let (id, custom) = app.custom_integration().await;
    let delete = || app.http.delete(format!("{}/oauth/authorization", app.url));
    assert_eq!(refusal(delete()).await.0, 401);
    for key in [&custom, &app.made.key, &app.made.account_key] {
        let (status, code, _) = refusal(delete().basic_auth(key.id.as_str(), Some(&key.secret))).await;
        assert_eq!((status, code.as_str()), (403, "forbidden"), "{}", key.id);
    }
    app.asks(Method::GET, &format!("/integrations/{id}"), None, 200).await;
}

#[tokio::test]
async fn neither_codes_nor_secrets_are_kept() {
    let app = TestApp::start().await;
    let program = Program::registered(&app, "Helpdesk").await;
    let code = program.code(&app.made).await;
    // What PostgreSQL keeps is the same, in files that are not ours to read.
    let Some(file) = app.database().file().map(std::path::Path::to_owned) else { return };
    let mut kept = 0;
    for end in ["", "-wal"] {
        let file = format!("{}{end}", file.display());
        let bytes = std::fs::read(file).unwrap_or_default();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        kept += usize::from(holds("Helpdesk"));
        assert!(!holds(&code) && !holds(&program.secret), "{end}");
    }
    assert!(kept > 0, "the client is in one of the files");
}

#[tokio::test]
async fn a_renewed_secret_ends_the_old_one() {
    let app = TestApp::start().await;
    let mut program = Program::registered(&app, "Helpdesk").await;
    let token = program.token(&program.code(&app.made).await).await;
    let code = program.code(&app.made).await;
    let renewed = app.chat().renew_oauth_secret(program.id.parse().unwrap()).await.unwrap();
    assert_eq!(refusal(program.asks_for_token(&program.grant(&code))).await.0, 401);
    let (status, _) = program.call(&app.made, &token, Method::GET, "/integrations/me/webhooks", Value::Null).await;
    assert_eq!(status, 200, "what was given is not taken");
    program.secret = renewed;
    program.token(&code).await;
}

#[tokio::test]
async fn other_routes_below_answer_in_the_apis_shape_and_all_are_described() {
    let app = TestApp::start().await;
    let get = |path: &str| app.http.get(format!("{}{path}", app.url));
    assert_eq!(refusal(get("/oauth/nonsense")).await.0, 404);
    assert_eq!(refusal(get("/oauth/token")).await.0, 405);
    let (_, description) = answer(get("/openapi.json")).await;
    for (path, method, operation, good) in [
        ("/oauth/authorize", "get", "Authorize", "302"),
        ("/oauth/token", "post", "GetToken", "200"),
        ("/oauth/authorization", "delete", "RevokeAccess", "200"),
    ] {
        let described = &description["paths"][path][method];
        assert_eq!(described["operationId"], operation, "{path}");
        assert!(described["responses"][good].is_object() && described["responses"]["401"].is_object(), "{path}");
    }
    assert_eq!(description["paths"]["/oauth/token"]["post"]["security"], json!([{}]));
    let bodies = description["paths"]["/oauth/token"]["post"]["requestBody"]["content"].as_object().unwrap();
    assert_eq!(bodies.keys().collect::<Vec<_>>(), ["application/json", "application/x-www-form-urlencoded"]);
}
