//! Accounts: opening, closing, passwords. For the operator; one's own page for everybody.

use access::{Account, AccountState, DisplayName, NewAccount, OrgId, Permission, Refusal, Role};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use journal::ActorId;
use maud::{Markup, html};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/accounts", get(list).post(open))
        .route("/accounts/{id}", get(show))
        .route("/accounts/{id}/close", post(close))
        .route("/accounts/{id}/reopen", post(reopen))
        .route("/accounts/{id}/password", post(password))
        .route(
            "/accounts/{id}/erase",
            get(super::erase::form).post(super::erase::erase),
        )
}

#[derive(Serialize)]
struct List {
    total: u64,
    accounts: Vec<Account>,
    #[serde(skip)]
    names: std::collections::BTreeMap<ActorId, DisplayName>,
    #[serde(skip)]
    logins: std::collections::BTreeMap<ActorId, String>,
    #[serde(skip)]
    form: FormState,
}

const HEAD: [&str; 4] = ["actor", "role", "organisation", "state"];

fn cells(account: &Account) -> Vec<String> {
    vec![
        account.actor.to_string(),
        account.role.to_string(),
        account
            .organisation
            .as_ref()
            .map(|org| org.0.clone())
            .unwrap_or_default(),
        account.state.as_str().to_owned(),
    ]
}

fn state(ctx: &Ctx, state: AccountState) -> Markup {
    match state {
        AccountState::Open => parts::status("good", '●', ctx.t("đang dùng", "open")),
        AccountState::Closed => parts::status("idle", '○', ctx.t("đã khoá", "closed")),
        AccountState::Erased => parts::status("idle", '✕', ctx.t("đã xoá", "erased")),
    }
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Tài khoản", "Accounts").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            div.scroll { table.stack {
                thead { tr { th scope="col" { (ctx.t("Người", "Who")) } th scope="col" { (ctx.t("Tên đăng nhập", "Login")) } th scope="col" { (ctx.t("Vai", "Role")) }
                    th scope="col" { (ctx.t("Cơ quan", "Organisation")) } th scope="col" { (ctx.t("Tình trạng", "State")) } } }
                tbody { @for account in &self.accounts { tr {
                    td.main { a href=(format!("/accounts/{}", account.actor)) { (parts::who(ctx, self.names.get(&account.actor).unwrap_or(&DisplayName::Erased))) } }
                    td data-label=(ctx.t("Tên đăng nhập", "Login")) { @match self.logins.get(&account.actor) { Some(login) => code { (login) }, None => "–" } }
                    td data-label=(ctx.t("Vai", "Role")) { (account.role.label(ctx.lang)) }
                    td data-label=(ctx.t("Cơ quan", "Organisation")) { @match &account.organisation { Some(org) => (parts::org_link(ctx, org)), None => "–" } }
                    td data-label=(ctx.t("Tình trạng", "State")) { (state(ctx, account.state)) }
                } } }
            } }
            (parts::pager(ctx, self.total))
            h2 { (ctx.t("Mở tài khoản", "Open an account")) }
            (self.form.summary(ctx))
            (self.open_form(ctx))
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.accounts.iter().map(cells).collect(),
        }
    }
}

impl List {
    fn open_form(&self, ctx: &Ctx) -> Markup {
        let roles: Vec<_> = Role::ALL
            .map(|role| (role.to_string(), role.label(ctx.lang).to_owned()))
            .to_vec();
        let mut organisations = vec![(
            String::new(),
            ctx.t("không thuộc cơ quan nào", "none").to_owned(),
        )];
        organisations.extend(
            ctx.directory
                .organisations()
                .list(ctx.today)
                .into_iter()
                .map(|org| {
                    let id = OrgId(org.id.to_string());
                    (id.0.clone(), parts::org_name(ctx, &id))
                }),
        );
        html! { form method="post" action="/accounts" { (hidden(ctx))
            (self.form.input(ctx, "text", "login", ctx.t("Tên đăng nhập", "Login"), None))
            (self.form.input(ctx, "text", "name", ctx.t("Họ và tên", "Name"), None))
            (self.form.select(ctx, "role", ctx.t("Vai", "Role"), None, &roles))
            (self.form.select(ctx, "organisation", ctx.t("Cơ quan", "Organisation"), None, &organisations))
            (self.form.input(ctx, "password", "password", ctx.t("Mật khẩu đầu tiên", "First password"), None))
            button.primary type="submit" { (ctx.t("Mở tài khoản", "Open")) }
        } }
    }
}

async fn list_view(app: &App, ctx: &Ctx, form: FormState) -> Result<List, Failure> {
    let listed = app
        .accounts
        .list(&ctx.scope, ctx.as_known, parts::page(ctx))
        .await?;
    let mut logins = std::collections::BTreeMap::new();
    for account in &listed.rows {
        if let Some(login) = app.accounts.login(&ctx.scope, account.actor).await? {
            logins.insert(account.actor, login);
        }
    }
    let actors = listed.rows.iter().map(|account| account.actor);
    Ok(List {
        names: app.accounts.display_names(&ctx.scope, actors).await?,
        logins,
        total: listed.total,
        accounts: listed.rows,
        form,
    })
}

/// `GET /accounts`
async fn list(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    answer(&ctx, &list_view(&app, &ctx, FormState::default()).await?)
}

/// `POST /accounts`
async fn open(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::ManageAccounts)?;
    match try_open(&app, &ctx, &posted.values).await {
        Ok(actor) => see(&ctx, &format!("/accounts/{actor}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &list_view(&app, &ctx, form).await?)
        }
    }
}

async fn try_open(app: &App, ctx: &Ctx, values: &FormValues) -> Result<ActorId, Refusal> {
    let role = values
        .get("role")
        .parse()
        .map_err(|_| Refusal::invalid("role", "Hãy chọn vai.", "Choose a role."))?;
    let organisation = values.given("organisation").map(|id| OrgId(id.to_owned()));
    if let Some(id) = &organisation
        && ctx.directory.organisations().get(id).is_none()
    {
        return Err(Refusal::invalid(
            "organisation",
            "Không có cơ quan này.",
            "There is no such organisation.",
        ));
    }
    let new = NewAccount {
        login: values.get("login").to_owned(),
        name: values.get("name").to_owned(),
        password: values.raw("password").to_owned(),
        role,
        organisation,
        key: values.given("key").map(str::to_owned),
    };
    app.accounts.open(&ctx.scope, &new).await
}

#[derive(Serialize)]
struct One {
    account: Account,
    #[serde(skip)]
    name: DisplayName,
    #[serde(skip)]
    login: Option<String>,
    #[serde(skip)]
    form: FormState,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        match &self.name {
            DisplayName::Shown(name) => name.clone(),
            DisplayName::Erased | DisplayName::Masked | DisplayName::System => {
                ctx.t("Tài khoản", "Account").into()
            }
        }
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let account = &self.account;
        let address = format!("/accounts/{}", account.actor);
        html! {
            (self.form.summary(ctx))
            dl.facts {
                dt { (ctx.t("Tên đăng nhập", "Login")) } dd { @match (&self.login, account.state) { (Some(login), _) => code { (login) }, (None, AccountState::Erased) => (parts::who(ctx, &DisplayName::Erased)), (None, _) => "–" } }
                dt { (ctx.t("Vai", "Role")) } dd { (account.role.label(ctx.lang)) }
                dt { (ctx.t("Cơ quan", "Organisation")) } dd { @match &account.organisation { Some(org) => (parts::org_link(ctx, org)), None => "–" } }
                dt { (ctx.t("Tình trạng", "State")) } dd { (state(ctx, account.state)) }
            }
            @if account.state != AccountState::Erased {
            h2 { (ctx.t("Đặt mật khẩu mới", "Set a new password")) }
            form.narrow method="post" action=(format!("{address}/password")) { (hidden(ctx))
                (self.form.input(ctx, "password", "password", ctx.t("Mật khẩu mới", "New password"), Some(ctx.t("Mọi phiên đang mở của tài khoản này sẽ kết thúc.", "Every open session of this account ends."))))
                button type="submit" { (ctx.t("Đặt", "Set")) } }
            }
            @if ctx.scope.may(Permission::ManageAccounts) {
                @match account.state {
                    AccountState::Open => details { summary { (ctx.t("Khoá tài khoản…", "Close the account…")) }
                        form method="post" action=(format!("{address}/close")) { (hidden(ctx))
                            p { (ctx.t("Người này bị đăng xuất ngay và không đăng nhập được nữa cho đến khi mở lại. Những gì đã ghi vẫn còn.", "They are signed out at once and cannot sign in until it is reopened. What they recorded stays.")) }
                            button.danger type="submit" { (ctx.t("Khoá tài khoản", "Close the account")) } } },
                    AccountState::Closed => form method="post" action=(format!("{address}/reopen")) { (hidden(ctx)) button type="submit" { (ctx.t("Mở lại", "Reopen")) } },
                    AccountState::Erased => p { a href="/removals" { (ctx.t("Vì sao đã xoá", "Why it was erased")) } },
                }
                @if ctx.scope.may(Permission::ErasePerson) && account.state != AccountState::Erased && account.actor != ctx.scope.actor() {
                    p { a href=(format!("{address}/erase")) { (ctx.t("Xoá thông tin cá nhân…", "Erase personal values…")) } }
                }
                p { a href=(format!("/history/account/{}", account.actor)) { (ctx.t("Lịch sử", "History")) } }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: vec![cells(&self.account)],
        }
    }
}

async fn one_view(app: &App, ctx: &Ctx, id: &str, form: FormState) -> Result<One, Failure> {
    ctx.signed_in()?;
    let actor: ActorId = parts::id(id)?;
    Ok(One {
        account: app.accounts.get(&ctx.scope, actor, ctx.as_known).await?,
        name: app.accounts.display_name(&ctx.scope, actor).await?,
        login: app.accounts.login(&ctx.scope, actor).await?,
        form,
    })
}

/// `GET /accounts/{id}`
async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    answer(
        &ctx,
        &one_view(&app, &ctx, &id, FormState::default()).await?,
    )
}

/// `POST /accounts/{id}/close`
async fn close(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    _posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    app.accounts
        .close(&ctx.scope, parts::id(&id)?, None)
        .await?;
    see(&ctx, &format!("/accounts/{id}"))
}

/// `POST /accounts/{id}/reopen`
async fn reopen(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    _posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    app.accounts
        .reopen(&ctx.scope, parts::id(&id)?, None)
        .await?;
    see(&ctx, &format!("/accounts/{id}"))
}

/// `POST /accounts/{id}/password`
async fn password(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let actor: ActorId = parts::id(&id)?;
    let chosen = posted.values.raw("password").to_owned();
    match app.accounts.set_password(&ctx.scope, actor, &chosen).await {
        Ok(_) if actor == ctx.scope.actor() => see(&ctx, "/sign-in"),
        Ok(_) => see(&ctx, &format!("/accounts/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &one_view(&app, &ctx, &id, form).await?)
        }
    }
}
