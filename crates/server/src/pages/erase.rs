//! Erasing a person: what goes, what stays, the login typed to confirm.

use access::{AccountState, Permission, Refusal};
use axum::extract::{Path, State};
use journal::{ActorId, Grounds};
use maud::{Markup, html};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::parts;

#[derive(Serialize)]
struct Form {
    actor: ActorId,
    state: AccountState,
    version: journal::Seq,
    #[serde(skip)]
    login: Option<String>,
    #[serde(skip)]
    form: FormState,
}

impl View for Form {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Xoá thông tin cá nhân", "Erase personal values")
            .into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let address = format!("/accounts/{}", self.actor);
        html! {
            p.crumbs { a href=(address) { (ctx.t("Tài khoản", "Account")) } }
            (self.form.summary(ctx))
            @if self.state == AccountState::Erased {
                p.notice { (ctx.t("Thông tin cá nhân của tài khoản này đã xoá.", "The personal values of this account were erased.")) }
            } @else {
                p.notice.notice-warn { strong { (ctx.t("Không thể hoàn tác.", "This cannot be undone.")) } " "
                    (ctx.t(
                        "Họ tên, tên đăng nhập và mật khẩu bị xoá hẳn; tài khoản đóng vĩnh viễn. Việc người này đã làm vẫn còn trong sổ, ghi là “đã xoá” ở mọi trang, kể cả trang xem lại ngày trước. Tên nằm trong tệp hay văn bản thì không mất theo: phải gỡ bỏ tệp hay văn bản đó.",
                        "Name, login and password go for good; the account is closed for good. What this person did stays in the journal and is shown as “erased” on every page, also as known on earlier days. A name inside a file or document does not go with it: that file or document has to be removed.")) }
                form.narrow method="post" action=(format!("{address}/erase")) { (hidden(ctx))
                    input type="hidden" name="expected" value=(self.version);
                    (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), Some(ctx.t("Lý do còn lại mãi trong sổ: không ghi họ tên hay thông tin cá nhân.", "The reason stays in the journal: give no name and no personal value.")), 3))
                    (self.form.input(ctx, "text", "authority", ctx.t("Căn cứ", "Authority"), Some(ctx.t("Yêu cầu của chủ thể dữ liệu, quyết định hoặc điều luật.", "The request of the person, a decision or a law."))))
                    @if let Some(login) = &self.login {
                        (self.form.input(ctx, "text", "login", &format!("{} {login}", ctx.t("Để xác nhận, gõ tên đăng nhập", "To confirm, type the login")), None))
                    }
                    button.danger type="submit" { (ctx.t("Xoá vĩnh viễn", "Erase for good")) }
                }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["actor", "state"],
            rows: vec![vec![self.actor.to_string(), self.state.as_str().to_owned()]],
        }
    }
}

async fn view(app: &App, ctx: &Ctx, id: &str, form: FormState) -> Result<Form, Failure> {
    ctx.signed_in()?;
    ctx.scope.require(Permission::ErasePerson)?;
    let actor: ActorId = parts::id(id)?;
    let account = app.accounts.get(&ctx.scope, actor, ctx.as_known).await?;
    Ok(Form {
        actor,
        state: account.state,
        version: account.version,
        login: app.accounts.login(&ctx.scope, actor).await?,
        form,
    })
}

/// `GET /accounts/{id}/erase`
pub async fn form(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    answer(&ctx, &view(&app, &ctx, &id, FormState::default()).await?)
}

/// `POST /accounts/{id}/erase`
pub async fn erase(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::ErasePerson)?;
    match try_erase(&app, &ctx, &id, &posted.values).await {
        Ok(()) => see(&ctx, &format!("/accounts/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &view(&app, &ctx, &id, form).await?)
        }
    }
}

async fn try_erase(app: &App, ctx: &Ctx, id: &str, values: &FormValues) -> Result<(), Refusal> {
    let actor: ActorId = id.parse().map_err(|_| Refusal::NotFound)?;
    let login = app.accounts.login(&ctx.scope, actor).await?;
    if login.is_some_and(|login| login != values.get("login")) {
        return Err(Refusal::invalid(
            "login",
            "Tên đăng nhập gõ lại không khớp.",
            "This is not the login of the account.",
        ));
    }
    let grounds = Grounds {
        reason: values.get("reason").to_owned(),
        authority: values.get("authority").to_owned(),
    };
    let expected = values.given("expected").and_then(|text| text.parse().ok());
    app.accounts
        .erase(&ctx.scope, actor, &grounds, expected)
        .await?;
    Ok(())
}
