//! The form that takes out: everything that goes, the reason, a code typed to confirm.

use access::{Permission, Refusal};
use axum::extract::State;
use journal::Grounds;
use maud::{Markup, html};
use removal::{Order, Plan, Thing, What};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::parts;

#[derive(Serialize)]
struct Form {
    plan: Plan,
    #[serde(skip)]
    form: FormState,
}

impl View for Form {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Gỡ bỏ vĩnh viễn", "Remove for good").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let plan = &self.plan;
        html! {
            (self.form.summary(ctx))
            p.notice.notice-warn { strong { (ctx.t("Không thể hoàn tác.", "This cannot be undone.")) } " "
                (ctx.t(
                    "Dành cho nội dung lẽ ra không được đưa vào: bí mật nhà nước, dữ liệu cá nhân. Nội dung biến mất khỏi mọi trang, kể cả trang xem lại ngày trước, khỏi tìm kiếm và báo cáo; chỉ còn việc nó đã từng có và đã bị gỡ. Các bản sao lưu cũ vẫn chứa nội dung: quản trị máy chủ phải huỷ hoặc cất giữ chúng theo quy định.",
                    "For content that should never have come in: state secrets, personal data. It disappears from every page, also as known on earlier days, from search and reports; what stays is that it was there and was removed. Older backups still hold it: the operator has to destroy them or keep them as the rules demand.")) }
            h2 { (ctx.t("Sẽ gỡ", "What goes")) }
            (things(ctx, ctx.t("Văn bản", "Documents"), &plan.documents))
            (things(ctx, ctx.t("Chương trình", "Programmes"), &plan.programmes))
            (things(ctx, ctx.t("Chỉ tiêu", "Targets"), &plan.targets))
            (things(ctx, ctx.t("Phân bổ, phần chỉ tiêu và xếp hạng", "Breakdowns, parts and rankings"), &plan.parts))
            (things(ctx, ctx.t("Nhiệm vụ, kèm kết quả và minh chứng", "Tasks, with results and evidence"), &plan.tasks))
            @if plan.results > 0 { p { (ctx.t("Số kết quả đã báo cáo: ", "Results reported: ")) (plan.results) } }
            (things(ctx, ctx.t("Báo cáo có nhắc lại nội dung, cả báo cáo đã chốt", "Reports that repeat it, frozen ones as well"), &plan.reports))
            p { (ctx.t("Số tệp: ", "Files: ")) (plan.files.len()) }
            @if !plan.reduced.is_empty() {
                h2 { (ctx.t("Ở lại, nhưng mất phần chữ liên quan", "Stays, without the words concerned")) }
                (things(ctx, ctx.t("Mục", "Things"), &plan.reduced))
            }
            (self.fields(ctx))
        }
    }

    fn table(&self) -> Table {
        let plan = &self.plan;
        let row = |fate: &str, thing: &Thing| {
            vec![
                fate.to_owned(),
                thing.stream.to_string(),
                thing.title.clone(),
            ]
        };
        let gone = [
            &plan.documents,
            &plan.programmes,
            &plan.targets,
            &plan.parts,
            &plan.tasks,
            &plan.reports,
        ];
        let gone = gone
            .into_iter()
            .flatten()
            .map(|thing| row("removed", thing));
        let reduced = plan.reduced.iter().map(|thing| row("reduced", thing));
        Table {
            head: vec!["fate", "stream", "title"],
            rows: gone.chain(reduced).collect(),
        }
    }
}

fn things(ctx: &Ctx, label: &str, things: &[Thing]) -> Markup {
    html! {
        @if !things.is_empty() {
            h3 { (label) " (" (things.len()) ")" }
            ul { @for thing in things { li {
                @let title = if thing.title.is_empty() { thing.stream.as_str() } else { thing.title.as_str() };
                @match parts::address_of(&thing.stream) { Some(address) => a href=(address) { (title) }, None => (title) }
            } } }
            @if things.len() > 20 { p.muted { (ctx.t("Hết danh sách.", "End of the list.")) } }
        }
    }
}

impl Form {
    fn fields(&self, ctx: &Ctx) -> Markup {
        let plan = &self.plan;
        let agreed = self.form.values.has("with_others", "yes");
        html! {
            h2 { (ctx.t("Quyết định gỡ bỏ", "The decision")) }
            form.narrow method="post" action="/removals" { (hidden(ctx))
                input type="hidden" name="what" value=(plan.what);
                (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), Some(ctx.t("Lý do còn lại mãi trong sổ: không nhắc lại nội dung bị gỡ.", "The reason stays in the journal: do not repeat what goes.")), 3))
                (self.form.input(ctx, "text", "authority", ctx.t("Căn cứ", "Authority"), Some(ctx.t("Văn bản, người có thẩm quyền hoặc điều luật.", "The decision, who ordered it, or the law."))))
                @if plan.takes_others() {
                    div.field id="f-with_others" { label { input type="checkbox" name="with_others" value="yes" checked[agreed]; " "
                        (ctx.t("Tôi biết những mục dựa vào văn bản này cũng bị gỡ.", "I know that what rests on this document goes as well.")) } }
                }
                (self.form.input(ctx, "text", "code", &format!("{} {}", ctx.t("Để xác nhận, gõ mã", "To confirm, type the code"), plan.code), Some(ctx.t("Mã đổi khi danh sách trên thay đổi.", "The code changes when the list above does."))))
                button.danger type="submit" { (ctx.t("Gỡ bỏ vĩnh viễn", "Remove for good")) }
            }
        }
    }
}

fn what(text: &str) -> Result<What, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}

/// `GET /removals/new?what=document/ID`
pub async fn form(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::RemoveContent)?;
    let what = what(&ctx.query("what").unwrap_or_default())?;
    let plan = removal::plan(&app.journal, &ctx.scope, &what).await?;
    let form = FormState::default();
    answer(&ctx, &Form { plan, form })
}

/// `POST /removals`
pub async fn remove(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::RemoveContent)?;
    let what = what(posted.values.get("what"))?;
    match try_remove(&app, &ctx, &what, &posted.values).await {
        Ok(()) => see(&ctx, "/removals"),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let plan = removal::plan(&app.journal, &ctx.scope, &what).await?;
            answer_with(&ctx, status, &Form { plan, form })
        }
    }
}

async fn try_remove(app: &App, ctx: &Ctx, what: &What, values: &FormValues) -> Result<(), Refusal> {
    let order = Order {
        grounds: Grounds {
            reason: values.get("reason").to_owned(),
            authority: values.get("authority").to_owned(),
        },
        code: values.get("code").to_owned(),
        with_others: values.has("with_others", "yes"),
        key: values.given("key").map(str::to_owned),
    };
    removal::remove(&app.journal, &ctx.scope, what, &order).await?;
    Ok(())
}
