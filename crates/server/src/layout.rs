//! The frame of every page.

use access::{Permission, Role};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use viet::Lang;

use crate::assets;
use crate::ctx::{Ctx, form_urlencode, query_pairs};
use crate::form::hidden;

/// A page in its frame.
pub struct Page(Markup);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.0.into_string()).into_response()
    }
}

/// A page that shows a view: it links the address's other representations.
pub fn view_page(ctx: &Ctx, title: &str, knows_the_past: bool, content: Markup) -> Page {
    frame(ctx, title, knows_the_past, true, content)
}

/// A page that is no view: a failure.
pub fn page(ctx: &Ctx, title: &str, content: Markup) -> Page {
    frame(ctx, title, false, false, content)
}

/// A page without a context, when the server cannot even tell who asks.
pub fn bare(lang: Lang, message: &str, number: Option<&str>) -> Page {
    Page(html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head { (head("Đột Phá")) }
            body { main id="content" {
                h1 { "Đột Phá" }
                p role="alert" { (message) }
                @if let Some(number) = number { p { code { (number) } } }
            } }
        }
    })
}

fn head(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        title { (title) " · Đột Phá" }
        link rel="icon" type="image/svg+xml" href=(assets::address("icon.svg"));
        link rel="stylesheet" href=(assets::address("dotpha.css"));
        script type="module" src=(assets::address("dotpha.js")) {}
    }
}

fn frame(ctx: &Ctx, title: &str, knows_the_past: bool, is_view: bool, content: Markup) -> Page {
    Page(html! {
        (DOCTYPE)
        html lang=(ctx.lang.code()) {
            head { (head(title)) }
            body {
                a.skip href="#content" { (ctx.t("Đến nội dung", "Skip to content")) }
                (banner(ctx))
                main id="content" tabindex="-1" {
                    @if let Some(day) = ctx.as_known_on {
                        p.notice.notice-past role="status" {
                            (ctx.t("Theo dữ liệu đã ghi nhận đến hết ngày ", "As known on "))
                            strong { (viet::date::format(day, ctx.lang)) } ". "
                            a href=(ctx.address_with("as_known_on", "")) { (ctx.t("Xem hiện tại", "Show now")) }
                        }
                    }
                    h1 { (title) }
                    (content)
                }
                (foot(ctx, knows_the_past, is_view))
            }
        }
    })
}

/// Where each role goes, first what it comes for.
fn places(ctx: &Ctx) -> Vec<(&'static str, &str)> {
    let mut places = Vec::new();
    let role = ctx.scope.role();
    if role.is_some_and(Role::is_internal) {
        places.push(("/my-work", ctx.t("Việc của tôi", "My work")));
    }
    places.push(("/programmes", ctx.t("Chương trình", "Programmes")));
    places.push(("/tasks", ctx.t("Nhiệm vụ", "Tasks")));
    places.push(("/documents", ctx.t("Văn bản", "Documents")));
    places.push(("/observations", ctx.t("Số liệu", "Observations")));
    if role.is_some_and(Role::is_internal) {
        places.push(("/reports", ctx.t("Báo cáo", "Reports")));
    }
    places.push(("/organisations", ctx.t("Cơ quan", "Organisations")));
    if ctx.scope.may(Permission::ManageAccounts) {
        places.push(("/accounts", ctx.t("Tài khoản", "Accounts")));
    }
    if ctx.scope.may(Permission::OperateServer) {
        places.push(("/system", ctx.t("Máy chủ", "Server")));
    }
    places
}

fn banner(ctx: &Ctx) -> Markup {
    let here = ctx.uri.path();
    html! {
        header.banner {
            a.brand href="/" { "Đột Phá" }
            nav aria-label=(ctx.t("Chính", "Main")) {
                ul { @for (path, label) in places(ctx) {
                    li { a href=(path) aria-current=[here.starts_with(path).then_some("page")] { (label) } }
                } }
            }
            form.search role="search" action="/search" {
                label.hidden for="q" { (ctx.t("Tìm kiếm", "Search")) }
                input type="search" id="q" name="q" placeholder=(ctx.t("Tìm, có dấu hoặc không dấu", "Search"));
            }
            (who(ctx))
        }
    }
}

fn who(ctx: &Ctx) -> Markup {
    let (other, label) = match ctx.lang {
        Lang::Vi => ("en", "English"),
        Lang::En => ("vi", "Tiếng Việt"),
    };
    let back = form_urlencode(&[
        ("lang".to_owned(), other.to_owned()),
        ("to".to_owned(), ctx.uri.path().to_owned()),
    ]);
    html! {
        div.who {
            a lang=(other) href=(format!("/language?{back}")) { (label) }
            @if let Some(account) = &ctx.account {
                span.name {
                    (ctx.name.as_deref().unwrap_or(ctx.t("đã xoá", "erased")))
                    small { (account.role.label(ctx.lang)) }
                }
                form method="post" action="/sign-out" { (hidden(ctx)) button.quiet type="submit" { (ctx.t("Đăng xuất", "Sign out")) } }
            } @else {
                a href=(crate::sign_in::address_back_to(ctx.uri.path())) { (ctx.t("Đăng nhập", "Sign in")) }
            }
        }
    }
}

fn foot(ctx: &Ctx, knows_the_past: bool, is_view: bool) -> Markup {
    html! {
        footer {
            @if knows_the_past {
                form.as-known action=(ctx.uri.path()) {
                    @for (name, value) in query_pairs(&ctx.uri).filter(|(name, _)| name != "as_known_on") { input type="hidden" name=(name) value=(value); }
                    label for="as_known_on" { (ctx.t("Theo dữ liệu đã ghi nhận đến hết ngày", "As known on")) }
                    input type="date" id="as_known_on" name="as_known_on" value=(ctx.as_known_on.map(|d| d.to_string()).unwrap_or_default());
                    button.quiet type="submit" { (ctx.t("Xem", "Show")) }
                }
            }
            @if is_view {
                p { (ctx.t("Trang này dưới dạng ", "This page as "))
                    a href=(ctx.address_with("format", "json")) { "JSON" } " · "
                    a href=(ctx.address_with("format", "csv")) { "CSV" } }
            }
            p { "Đột Phá " (env!("CARGO_PKG_VERSION")) " · "
                a href="/areas" { (ctx.t("Địa bàn", "Areas")) } " · "
                a href="/indicators" { (ctx.t("Chỉ số", "Indicators")) } " · "
                a href="/sdmx/2.1/structure/all" { "SDMX" }
                @if ctx.scope.may(Permission::ReadHistory) { " · " a href="/history" { (ctx.t("Lịch sử", "History")) } }
                @if ctx.scope.may(Permission::ReadHistory) || ctx.scope.may(Permission::ErasePerson) { " · " a href="/removals" { (ctx.t("Đã gỡ bỏ", "Removed")) } }
            }
        }
    }
}
